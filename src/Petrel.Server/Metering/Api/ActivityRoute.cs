using Microsoft.AspNetCore.Http;
using Petrel.Functions;
using Petrel.Server.Administration;
using Petrel.Server.Edge;
using Petrel.Server.Settings;
using Petrel.Wire;

namespace Petrel.Server.Metering.Api;

/// <summary>
/// <c>GET /_petrel/activity?function=</c>: what the daemon and its functions do at this moment. The root key of the installation sees the
/// functions of all accounts, others those of their own. With a function's name: its last start and its last failures too.
/// </summary>
internal sealed class ActivityRoute(IFunctionEngine engine, UsageMeter meter, PetrelOptions options, TimeProvider time) : IEdgeRoute
{
    private readonly long _started = time.GetTimestamp();

    public int Order => 0;

    public string Name => "activity";

    public bool Matches(HttpContext http) => http.Request.Path.Value == "/_petrel/activity";

    public Task HandleAsync(HttpContext http, CallContext call)
    {
        AdminAccess.Require(http, call, ["GET"], "function");
        var function = http.Parameter("function");
        var everything = call.Account == options.Edge.Account;
        var functions = engine.Activity()
            .Where(a => function is null ? everything || a.Account == call.Account : IsAsked(a, function, call))
            .Select(ActivityLine.Of)
            .ToArray();
        var arn = $"arn:aws:lambda:{call.Region}:{call.Account}:function:{function}";
        var detail = function is null ? null : new FunctionDetail(StartLine.Of(engine.LastStart(arn)), meter.Find(arn)?.Failures.Latest() ?? []);
        return http.Response.WriteAsJsonAsync(new ActivityAnswer(time.GetUtcNow(), Daemon(), functions, detail), http.RequestAborted);
    }

    private static bool IsAsked(FunctionActivity activity, string function, CallContext call) =>
        activity.Name == function && activity.Account == call.Account && activity.Region == call.Region;

    private DaemonLine Daemon()
    {
        var gc = GC.GetGCMemoryInfo();
        return new DaemonLine(
            PetrelVersion.Current,
            (long)time.GetElapsedTime(_started).TotalSeconds,
            Environment.WorkingSet,
            gc.HeapSizeBytes,
            (long)Environment.CpuUsage.TotalTime.TotalMilliseconds,
            Environment.ProcessorCount,
            engine.Concurrency(),
            [.. engine.WaitingRuntimes().Select(w => new PoolLine(w.Program, w.Ready, w.MemoryBytes))]);
    }
}

/// <param name="Detail">Null when no function was asked for.</param>
internal sealed record ActivityAnswer(DateTimeOffset Time, DaemonLine Daemon, IReadOnlyList<ActivityLine> Functions, FunctionDetail? Detail);

/// <param name="LastStart">Null when this daemon has not started it, or no longer knows.</param>
internal sealed record FunctionDetail(StartLine? LastStart, IReadOnlyList<FunctionFailure> Failures);

/// <param name="Reason">Why nothing that was started ahead was used; null when something was.</param>
internal sealed record StartLine(string Kind, string? Reason, DateTimeOffset At, double TotalMs, IReadOnlyList<StartPartLine> Parts)
{
    public static StartLine? Of(StartTimeline? start) => start is null
        ? null
        : new StartLine(
            start.Kind switch
            {
                StartKind.PreStarted => "pre-started",
                StartKind.Forked => "forked",
                StartKind.InReadySandbox => "in a ready sandbox",
                _ => "launched",
            },
            start.Why,
            start.At,
            start.Total.TotalMilliseconds,
            [.. start.Parts.Select(p => new StartPartLine(p.Name, p.Duration.TotalMilliseconds))]);
}

internal sealed record StartPartLine(string Name, double Ms);

/// <param name="MemoryBytes">Resident, of the daemon alone.</param>
/// <param name="CpuMs">Processor time since it started, of the daemon alone.</param>
internal sealed record DaemonLine(
    string Version, long UptimeSeconds, long MemoryBytes, long HeapBytes, long CpuMs, int Processors, int Concurrency, IReadOnlyList<PoolLine> Pools);

/// <summary>Runtimes that were started ahead.</summary>
internal sealed record PoolLine(string Runtime, int Ready, long MemoryBytes);

/// <summary>One version of a function; totals are since the daemon started.</summary>
internal sealed record ActivityLine(string Account, string Region, string Function, string Version)
{
    public required int Starting { get; init; }

    public required int Idle { get; init; }

    public required int Frozen { get; init; }

    public required int Busy { get; init; }

    public required int Waiting { get; init; }

    public required int InFlight { get; init; }

    public required int PromisedMemoryMb { get; init; }

    public required long MemoryBytes { get; init; }

    public required long ColdStarts { get; init; }

    public required long Invocations { get; init; }

    public required long Errors { get; init; }

    public required long Throttles { get; init; }

    public required double QueueWaitMs { get; init; }

    public required double DurationMs { get; init; }

    public required double CpuMs { get; init; }

    public static ActivityLine Of(FunctionActivity a) => new(a.Account, a.Region, a.Name, a.Version)
    {
        Starting = a.Starting,
        Idle = a.Idle,
        Frozen = a.Frozen,
        Busy = a.Busy,
        Waiting = a.Waiting,
        InFlight = a.InFlight,
        PromisedMemoryMb = a.PromisedMemoryMb,
        MemoryBytes = a.MemoryBytes,
        ColdStarts = a.ColdStarts,
        Invocations = a.Invocations,
        Errors = a.Errors,
        Throttles = a.Throttles,
        QueueWaitMs = a.QueueWait.TotalMilliseconds,
        DurationMs = a.Duration.TotalMilliseconds,
        CpuMs = a.CpuTime.TotalMilliseconds,
    };
}
