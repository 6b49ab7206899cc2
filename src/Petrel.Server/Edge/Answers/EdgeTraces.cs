using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace Petrel.Server.Edge;

/// <summary>
/// The activity source <c>Petrel.Edge</c>: one server span a request, the child of the caller's where it names one. Costs nothing
/// while nobody listens.
/// </summary>
internal static class EdgeTraces
{
    public const string SourceName = "Petrel.Edge";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Null when nobody listens.</summary>
    public static Activity? Begin(HttpContext http) => Source.HasListeners() ? BeginSpan(http.Request.Headers) : null;

    /// <summary>The name and the result are known at the end only.</summary>
    public static void End(Activity span, EdgeExchange exchange)
    {
        var (service, operation) = NamesOf(exchange.Route);
        var status = exchange.Http.Response.StatusCode;
        span.DisplayName = operation is null ? service : $"{service}.{operation}";
        if (span.IsAllDataRequested)
        {
            span.SetTag("rpc.system", "aws-api");
            span.SetTag("rpc.service", service);
            span.SetTag("rpc.method", operation);
            span.SetTag("http.response.status_code", status);
            span.SetTag("aws.request_id", exchange.RequestId);
        }

        if (status >= StatusCodes.Status500InternalServerError)
        {
            span.SetStatus(ActivityStatusCode.Error);
        }

        span.Dispose();
    }

    /// <summary>The caller's span: by W3C's header, or by AWS's when it names a span and not only a trace.</summary>
    public static ActivityContext ParentOf(string? traceParent, string? traceState, string? amazon) =>
        traceParent is not null && ActivityContext.TryParse(traceParent, traceState, isRemote: true, out var parent) ? parent
        : amazon is not null ? ParseAmazon(amazon)
        : default;

    private static Activity? BeginSpan(IHeaderDictionary headers)
    {
        // ASP.NET Core may have begun an activity of its own, which nobody exports.
        Activity.Current = null;
        var parent = ParentOf(headers.TraceParent, headers.TraceState, headers["X-Amzn-Trace-Id"]);
        return Source.StartActivity("request", ActivityKind.Server, parent);
    }

    /// <summary><c>Root=1-{8 digits}-{24 digits};Parent={16 digits};Sampled=1</c>, in any order.</summary>
    private static ActivityContext ParseAmazon(ReadOnlySpan<char> header)
    {
        ReadOnlySpan<char> root = default, parent = default;
        var flags = ActivityTraceFlags.Recorded;
        foreach (var range in header.Split(';'))
        {
            var part = header[range].Trim();
            if (part.StartsWith("Root=1-", StringComparison.OrdinalIgnoreCase))
            {
                root = part[7..];
            }
            else if (part.StartsWith("Parent=", StringComparison.OrdinalIgnoreCase))
            {
                parent = part[7..];
            }
            else if (part.Equals("Sampled=0", StringComparison.OrdinalIgnoreCase))
            {
                flags = ActivityTraceFlags.None;
            }
        }

        // The form is W3C's but for where the hyphens stand; that parser knows what digits are allowed.
        return root.Length == 33 && root[8] == '-' && parent.Length == 16
            && ActivityContext.TryParse($"00-{root[..8]}{root[9..]}-{parent}-0{(int)flags}", null, isRemote: true, out var context)
                ? context
                : default;
    }

    /// <summary>Names that clients made up would be names without bound.</summary>
    private static (string Service, string? Operation) NamesOf(in EdgeRoute route) => route switch
    {
        { Service: { } service } => (service.SigningName, route.Operation?.Name),
        { Handler: { } handler } => (handler.Name, null),
        _ => ("unknown", null),
    };
}
