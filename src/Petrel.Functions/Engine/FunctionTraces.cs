using System.Diagnostics;

namespace Petrel.Functions.Engine;

/// <summary>
/// The activity source <c>Petrel.Functions</c>: a span an invocation, from its admission to its result, with what it did in it. Costs
/// nothing while nobody listens.
/// </summary>
internal static class FunctionTraces
{
    public const string SourceName = "Petrel.Functions";

    private static readonly ActivitySource Source = new(SourceName);

    public static bool Wanted => Source.HasListeners();

    /// <summary>Null when nobody wants this one.</summary>
    public static Activity? Begin(FunctionSpec spec, Invocation invocation)
    {
        ActivityLink[]? links = ActivityContext.TryParse(invocation.Origin, null, isRemote: true, out var origin) ? [new ActivityLink(origin)] : null;
        var span = Source.StartActivity(spec.Name, ActivityKind.Internal, Activity.Current?.Context ?? default, links: links);
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag("faas.name", spec.Name);
            span.SetTag("faas.version", spec.Version);
            span.SetTag("faas.invocation_id", invocation.RequestId);
        }

        return span;
    }

    /// <summary>The part in which an instance runs it.</summary>
    public static Activity? BeginHandler(Activity? span) =>
        span is null ? null : Source.StartActivity("handler", ActivityKind.Internal, span.Context);

    /// <param name="initEnded">When the instance that ran it was initialised.</param>
    public static void Finish(Activity? span, InvocationResult result, DateTimeOffset initEnded)
    {
        if (span is null)
        {
            return;
        }

        var report = result.Report;
        if (report.InitDuration is { } init)
        {
            var start = initEnded - init;
            Source.StartActivity("init", ActivityKind.Internal, span.Context, startTime: start)?.SetEndTime(initEnded.UtcDateTime).Dispose();
        }

        span.SetTag("faas.coldstart", report.InitDuration is not null);
        span.SetTag("petrel.billed_duration_ms", (long)report.BilledDuration.TotalMilliseconds);
        span.SetTag("petrel.memory_mb", report.MemorySizeMb);
        if (result.FunctionError is { } error)
        {
            span.SetStatus(ActivityStatusCode.Error, error);
        }
    }
}
