using Petrel.Functions.Pools.KeepAlive;
using Petrel.Functions.Pools.Rules;

namespace Petrel.Functions.Pools;

/// <summary>What is known of a version of a function beyond the life of its instances: what it did, how long things take, when it is called.</summary>
internal sealed class VersionHistory(FunctionSpec spec)
{
    private Mean _duration;
    private Mean _cpuTime;

    public FunctionSpec Spec { get; } = spec;

    public Mean Duration => _duration;

    /// <summary>Processor time of an invocation.</summary>
    public Mean CpuTime => _cpuTime;

    /// <summary>From the decision to start an instance to its first invocation.</summary>
    public StartTimes Starts { get; } = new();

    /// <summary>When the next invocation comes after one has ended.</summary>
    public IdleTimes IdleTimes { get; } = new();

    public long ColdStarts { get; private set; }

    public long Invocations { get; private set; }

    public long Errors { get; private set; }

    public long Throttles { get; set; }

    public TimeSpan QueueWait { get; set; }

    public TimeSpan TotalDuration { get; private set; }

    public TimeSpan TotalCpuTime { get; private set; }

    public TimeSpan LastUsed { get; private set; }

    /// <summary>Invocations of this version in flight.</summary>
    public int InFlight { get; private set; }

    /// <summary>Pools that count into it.</summary>
    public int Pools { get; set; }

    public void Begin(TimeSpan now)
    {
        if (InFlight++ == 0 && Invocations > 0)
        {
            IdleTimes.Add(now - LastUsed);
        }

        LastUsed = now;
    }

    public void End(TimeSpan now)
    {
        InFlight--;
        LastUsed = now;
    }

    public void Measured(TimeSpan duration) => _duration.Add(duration);

    public void Started(StartKind kind, TimeSpan took, bool usable)
    {
        ColdStarts++;
        if (usable)
        {
            Starts.Add(kind, took);
        }
    }

    public void Add(InvocationResult result)
    {
        Invocations++;
        Errors += result.FunctionError is null ? 0 : 1;
        TotalDuration += result.Report.Duration;
        if (result.Report.CpuTime is { } cpu)
        {
            TotalCpuTime += cpu;
            _cpuTime.Add(cpu);
        }
    }

    public FunctionActivity ToActivity() => new()
    {
        Account = Spec.Account,
        Region = Spec.Region,
        Name = Spec.Name,
        FunctionArn = Spec.FunctionArn,
        Version = Spec.Version,
        ColdStarts = ColdStarts,
        Invocations = Invocations,
        Errors = Errors,
        Throttles = Throttles,
        QueueWait = QueueWait,
        Duration = TotalDuration,
        CpuTime = TotalCpuTime,
    };
}

/// <summary>The histories of all versions. What was not used for a day is dropped when a new one comes, so their number is bounded by use.</summary>
internal sealed class Histories
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);
    private static readonly TimeSpan BetweenSweeps = TimeSpan.FromMinutes(1);
    private readonly Dictionary<(string Arn, string Version), VersionHistory> _histories = [];
    private TimeSpan _sweptAt;

    public IEnumerable<VersionHistory> All => _histories.Values;

    public VersionHistory Of(FunctionSpec spec, TimeSpan now)
    {
        if (!_histories.TryGetValue((spec.FunctionArn, spec.Version), out var history))
        {
            Sweep(now);
            _histories.Add((spec.FunctionArn, spec.Version), history = new VersionHistory(spec));
        }

        return history;
    }

    private void Sweep(TimeSpan now)
    {
        if (now - _sweptAt < BetweenSweeps)
        {
            return;
        }

        _sweptAt = now;
        foreach (var (key, history) in _histories)
        {
            if (history.Pools == 0 && now - history.LastUsed > Kept)
            {
                _histories.Remove(key);
            }
        }
    }
}
