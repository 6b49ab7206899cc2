using System.Diagnostics;
using System.Diagnostics.Metrics;
using Petrel.Functions.Pools;

namespace Petrel.Functions.Engine;

/// <summary>
/// The meter <c>Petrel.Functions</c>. Durations are in seconds; every value has the function's name, decisions their reason. What is counted for the bill goes on to
/// the host's <see cref="IUsageMeter"/>.
/// </summary>
internal sealed class FunctionMetrics : IDisposable
{
    public const string MeterName = "Petrel.Functions";
    private const double MbPerGb = 1024;
    private readonly Meter _meter;
    private readonly Counter<long> _invocations;
    private readonly Counter<long> _requests;
    private readonly Counter<double> _billed;
    private readonly Counter<long> _errors;
    private readonly Counter<long> _throttles;
    private readonly Counter<long> _coldStarts;
    private readonly Counter<long> _failedInits;
    private readonly Counter<long> _starts;
    private readonly Counter<long> _stops;
    private readonly Counter<long> _freezes;
    private readonly Counter<long> _abandoned;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _initDuration;
    private readonly Histogram<double> _queueWait;
    private readonly IUsageMeter? _usage;

    public FunctionMetrics(IMeterFactory meters, IUsageMeter? usage = null)
    {
        _usage = usage;
        _meter = meters.Create(MeterName);
        _invocations = _meter.CreateCounter<long>("petrel.function.invocations", description: "Invocations that ran, failed or not.");
        _requests = _meter.CreateCounter<long>("petrel.function.requests", description: "Invocations that were asked for, throttled or not.");
        _billed = _meter.CreateCounter<double>(
            "petrel.function.billed_gb_seconds", "GB.s", "Billed duration times configured memory, as REPORT lines have them.");
        _errors = _meter.CreateCounter<long>("petrel.function.errors", description: "Invocations that ended in an error of the function.");
        _throttles = _meter.CreateCounter<long>("petrel.function.throttles", description: "Invocations that were refused by a limit.");
        _coldStarts = _meter.CreateCounter<long>("petrel.function.cold_starts", description: "Instances that were started.");
        _failedInits = _meter.CreateCounter<long>("petrel.function.failed_inits", description: "Instances whose initialisation failed.");
        _starts = _meter.CreateCounter<long>("petrel.function.starts", description: "Instances that were asked for, by reason.");
        _stops = _meter.CreateCounter<long>("petrel.function.stops", description: "Instances that were ended, by reason.");
        _freezes = _meter.CreateCounter<long>("petrel.function.freezes", description: "Idle instances that were frozen.");
        _abandoned = _meter.CreateCounter<long>("petrel.function.abandoned", description: "Invocations whose caller had gone before they began.");
        _duration = _meter.CreateHistogram<double>("petrel.function.duration", "s", "Time in the handler.");
        _initDuration = _meter.CreateHistogram<double>("petrel.function.init_duration", "s", "Time from nothing to a loaded handler.");
        _queueWait = _meter.CreateHistogram<double>("petrel.function.queue_wait", "s", "Time that invocations waited for an instance.");
    }

    /// <summary>Gauges read what the engine knows at the moment of collection.</summary>
    public void Observe(Func<int> concurrency, Func<int> instances, Func<int> memoryMb, Func<int> waiting)
    {
        _meter.CreateObservableGauge("petrel.function.waiting", waiting, description: "Invocations that wait for an instance.");
        _meter.CreateObservableGauge("petrel.function.concurrency", concurrency, description: "Invocations in flight.");
        _meter.CreateObservableGauge("petrel.function.instances", instances, description: "Instances in any state.");
        _meter.CreateObservableGauge("petrel.function.memory", memoryMb, "MB", "Memory promised to instances.");
    }

    public void Requested(FunctionSpec spec) => _requests.Add(1, Tag(spec));

    public void Invoked(FunctionSpec spec, Invocation invocation, InvocationResult result)
    {
        _usage?.Invoked(spec, invocation, result);
        var tag = Tag(spec);
        _invocations.Add(1, tag);
        _duration.Record(result.Report.Duration.TotalSeconds, tag);
        _billed.Add(result.Report.BilledDuration.TotalSeconds * result.Report.MemorySizeMb / MbPerGb, tag);
        if (result.FunctionError is not null)
        {
            _errors.Add(1, tag);
        }
    }

    /// <param name="cause">Why this node could not take it; null when a limit of the account or the function was reached.</param>
    public void Throttled(FunctionSpec spec, ThrottleReason reason, RefusalCause? cause)
    {
        _usage?.Throttled(spec, reason);
        _throttles.Add(1, Tag(spec), Reason(reason.ToString()), new KeyValuePair<string, object?>("cause", cause?.ToString()));
    }

    public void Provisioned(FunctionSpec spec, int instances) => _usage?.Provisioned(spec, instances);

    public void Starting(FunctionSpec spec, StartReason reason) => _starts.Add(1, Tag(spec), Reason(reason.ToString()));

    public void Stopped(FunctionSpec spec, StopReason reason) => _stops.Add(1, Tag(spec), Reason(reason.ToString()));

    public void Froze(FunctionSpec spec) => _freezes.Add(1, Tag(spec));

    public void Abandoned(FunctionSpec spec) => _abandoned.Add(1, Tag(spec));

    public void Waited(FunctionSpec spec, TimeSpan wait) => _queueWait.Record(wait.TotalSeconds, Tag(spec));

    /// <summary>Runtimes that were started ahead, by program.</summary>
    public void Observe(Func<IReadOnlyList<WaitingRuntimes>> waiting)
    {
        _meter.CreateObservableGauge(
            "petrel.prestart.waiting",
            () => waiting().Select(w => new Measurement<int>(w.Ready, Program(w))),
            description: "Runtimes that were started ahead and wait for a function.");
        _meter.CreateObservableGauge(
            "petrel.prestart.memory",
            () => waiting().Select(w => new Measurement<double>(w.MemoryBytes / (double)(1 << 20), Program(w))),
            "MB",
            "Memory of their own that runtimes use which wait for a function.");
    }

    private static KeyValuePair<string, object?> Program(WaitingRuntimes waiting) => new("program", waiting.Program);

    /// <param name="kind">Null when it did not come as far as a process.</param>
    public void Started(FunctionSpec spec, StartKind? kind, TimeSpan took, bool usable)
    {
        var tag = Tag(spec);
        _coldStarts.Add(1, tag, new KeyValuePair<string, object?>("kind", kind?.ToString() ?? ""));
        _initDuration.Record(took.TotalSeconds, tag);
        if (!usable)
        {
            _failedInits.Add(1, tag);
        }
    }

    private static KeyValuePair<string, object?> Tag(FunctionSpec spec) => new("function", spec.Name);

    private static KeyValuePair<string, object?> Reason(string reason) => new("reason", reason);

    public void Dispose() => _meter.Dispose();
}
