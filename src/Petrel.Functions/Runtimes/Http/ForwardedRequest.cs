using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Petrel.Functions.Runtimes.Http;

/// <summary>
/// Writes the head of a client's request as it goes to the program: all its headers but those of the connection, and what a proxy adds
/// (<c>X-Forwarded-*</c>, the invocation's id and deadline).
/// </summary>
internal static class ForwardedRequest
{
    public static void WriteHead(ref RequestWriter writer, HttpExchange exchange, WorkerCall call)
    {
        var http = exchange.Context;
        var request = http.Request;
        writer.Begin(request.Method, exchange.Target);
        foreach (var (name, values) in request.Headers)
        {
            if (IsForwarded(name, request.Headers))
            {
                for (var i = 0; i < values.Count; i++)
                {
                    writer.Header(name, values[i] ?? "");
                }
            }
        }

        writer.Header("X-Forwarded-For"u8, Client(http));
        writer.Header("X-Forwarded-Proto"u8, request.Scheme);
        writer.Header("X-Forwarded-Host"u8, request.Host.Value ?? "");
        writer.Header("X-Forwarded-Port"u8, http.Connection.LocalPort);
        if (exchange.Prefix is { } prefix)
        {
            writer.Header("X-Forwarded-Prefix"u8, prefix);
        }

        WriteInvocation(ref writer, call);
    }

    /// <summary>Which invocation it is: the same headers for requests and events.</summary>
    public static void WriteInvocation(ref RequestWriter writer, WorkerCall call)
    {
        writer.Header("X-Petrel-Request-Id"u8, call.Invocation.RequestId);
        writer.Header("X-Petrel-Deadline-Ms"u8, call.Deadline.ToUnixTimeMilliseconds());
        if (call.Invocation.TraceId is { } trace)
        {
            writer.Header("X-Amzn-Trace-Id"u8, trace);
        }
    }

    private static IPAddress Client(HttpContext http) => http.Connection.RemoteIpAddress switch
    {
        null => IPAddress.Loopback,
        { IsIPv4MappedToIPv6: true } mapped => mapped.MapToIPv4(),
        var address => address,
    };

    /// <summary>What the platform says itself is not taken from a client, and the body's framing is written with the body.</summary>
    private static bool IsForwarded(string name, IHeaderDictionary headers) => name[0] switch
    {
        _ when headers.Connection.Count > 0 && IsNamedByConnection(name, headers.Connection) => false,
        'X' or 'x' when name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase) => !IsOurs(name.AsSpan("X-Forwarded-".Length)),
        'X' or 'x' => !name.StartsWith("X-Petrel-", StringComparison.OrdinalIgnoreCase) && !name.Equals("X-Amzn-Trace-Id", StringComparison.OrdinalIgnoreCase),
        'C' or 'c' when name.Equals(HeaderNames.ContentLength, StringComparison.OrdinalIgnoreCase) => false,
        'E' or 'e' when name.Equals(HeaderNames.Expect, StringComparison.OrdinalIgnoreCase) => false,
        ':' => false, // of HTTP/2
        _ => !AnswerHead.HopByHop.Contains(name),
    };

    private static bool IsOurs(ReadOnlySpan<char> what) =>
        what.Equals("For", StringComparison.OrdinalIgnoreCase) || what.Equals("Proto", StringComparison.OrdinalIgnoreCase)
        || what.Equals("Host", StringComparison.OrdinalIgnoreCase) || what.Equals("Port", StringComparison.OrdinalIgnoreCase)
        || what.Equals("Prefix", StringComparison.OrdinalIgnoreCase);

    private static bool IsNamedByConnection(string name, Microsoft.Extensions.Primitives.StringValues connection)
    {
        foreach (var line in connection)
        {
            foreach (var part in line.AsSpan().Split(','))
            {
                if (line.AsSpan()[part].Trim().Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
