namespace Petrel.Functions.Pools;

/// <summary>The instances of one configuration of a function, and what is known of their durations. State only; <see cref="Fleet"/> decides.</summary>
internal sealed class Pool(FunctionSpec spec, FunctionCount function, AccountCount account, Tally tally)
{
    /// <summary>The weight of the newest value in a mean.</summary>
    private const double Newest = 0.2;

    public FunctionSpec Spec { get; } = spec;

    public FunctionCount Function { get; } = function;

    public AccountCount Account { get; } = account;

    public Tally Tally { get; } = tally;

    /// <summary>Most recently used last.</summary>
    public List<Slot> Idle { get; } = [];

    public Queue<Ticket> Waiting { get; } = new();

    public int Starting { get; set; }

    public int Busy { get; set; }

    /// <summary>Admitted invocations, waiting and running.</summary>
    public int InFlight { get; set; }

    /// <summary>Its configuration has been replaced: what ends is not kept.</summary>
    public bool Retired { get; set; }

    public int ProvisionedTarget { get; set; }

    /// <summary>Why the last provisioned instance could not be made; null after a success.</summary>
    public string? ProvisionFailure { get; set; }

    public int ProvisionFailures { get; set; }

    public TimeSpan ProvisionRetryAt { get; set; }

    /// <summary>Means of what was measured; null before the first.</summary>
    public TimeSpan? MeanDuration { get; private set; }

    public TimeSpan? MeanStart { get; private set; }

    public int Total => Starting + Busy + Idle.Count;

    /// <summary>Waiting invocations for which no instance is being started.</summary>
    public int Uncovered => Math.Max(0, Waiting.Count - Starting);

    public bool Empty => Total == 0 && InFlight == 0 && ProvisionedTarget == 0;

    public void Measured(TimeSpan duration) => MeanDuration = Mean(MeanDuration, duration);

    public void StartMeasured(TimeSpan duration) => MeanStart = Mean(MeanStart, duration);

    public FunctionActivity AddTo(FunctionActivity activity) => activity with
    {
        Starting = activity.Starting + Starting,
        Idle = activity.Idle + Idle.Count,
        Busy = activity.Busy + Busy,
        Waiting = activity.Waiting + Waiting.Count,
        InFlight = activity.InFlight + InFlight,
        PromisedMemoryMb = activity.PromisedMemoryMb + (Total * Spec.MemoryMb),
    };

    private static TimeSpan Mean(TimeSpan? mean, TimeSpan value) => mean is null ? value : (mean.Value * (1 - Newest)) + (value * Newest);
}

/// <summary>Invocations in flight of one function, in all its versions.</summary>
internal sealed class FunctionCount(string arn)
{
    public string Arn { get; } = arn;

    public int InFlight { get; set; }

    public int Pools { get; set; }
}

/// <summary>Invocations in flight of an account's functions without reservation.</summary>
internal sealed class AccountCount
{
    public int Unreserved { get; set; }
}
