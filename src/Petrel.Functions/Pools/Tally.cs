namespace Petrel.Functions.Pools;

/// <summary>What a version of a function has done since it was first used, or used again after a long time.</summary>
internal sealed class Tally(FunctionSpec spec)
{
    public FunctionSpec Spec { get; } = spec;

    public long ColdStarts { get; set; }

    public long Invocations { get; set; }

    public long Errors { get; set; }

    public long Throttles { get; set; }

    public TimeSpan QueueWait { get; set; }

    public TimeSpan Duration { get; set; }

    public TimeSpan CpuTime { get; set; }

    public TimeSpan LastUsed { get; set; }

    /// <summary>Pools that count into it.</summary>
    public int Pools { get; set; }

    public void Add(InvocationResult result)
    {
        Invocations++;
        Errors += result.FunctionError is null ? 0 : 1;
        Duration += result.Report.Duration;
        CpuTime += result.Report.CpuTime ?? default;
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
        Duration = Duration,
        CpuTime = CpuTime,
    };
}

/// <summary>The tallies of all versions. What was not used for an hour is dropped when a new one comes, so their number is bounded by use.</summary>
internal sealed class Tallies
{
    private static readonly TimeSpan Kept = TimeSpan.FromHours(1);
    private static readonly TimeSpan BetweenSweeps = TimeSpan.FromMinutes(1);
    private readonly Dictionary<(string Arn, string Version), Tally> _tallies = [];
    private TimeSpan _sweptAt;

    public IEnumerable<Tally> All => _tallies.Values;

    public Tally Of(FunctionSpec spec, TimeSpan now)
    {
        if (!_tallies.TryGetValue((spec.FunctionArn, spec.Version), out var tally))
        {
            Sweep(now);
            _tallies.Add((spec.FunctionArn, spec.Version), tally = new Tally(spec));
        }

        tally.LastUsed = now;
        return tally;
    }

    private void Sweep(TimeSpan now)
    {
        if (now - _sweptAt < BetweenSweeps)
        {
            return;
        }

        _sweptAt = now;
        foreach (var (key, tally) in _tallies)
        {
            if (tally.Pools == 0 && now - tally.LastUsed > Kept)
            {
                _tallies.Remove(key);
            }
        }
    }
}
