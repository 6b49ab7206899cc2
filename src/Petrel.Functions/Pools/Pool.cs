using Petrel.Functions.Pools.Rules;

namespace Petrel.Functions.Pools;

/// <summary>The instances of one configuration of a function. State only; <see cref="Fleet"/> decides.</summary>
internal sealed class Pool(FunctionSpec spec, FunctionShare function, VersionHistory history)
{
    public FunctionSpec Spec { get; } = spec;

    public FunctionShare Function { get; } = function;

    public AccountShare Account => Function.Account;

    public VersionHistory History { get; } = history;

    /// <summary>On-demand instances that serve nothing, the most recently used last.</summary>
    public List<Slot> Idle { get; } = [];

    /// <summary>Provisioned ones that serve nothing.</summary>
    public List<Slot> IdleProvisioned { get; } = [];

    /// <summary>Instances that run invocations and can take more; only where one takes several.</summary>
    public List<Slot> Open { get; } = [];

    public LinkedList<Ticket> Waiting { get; } = [];

    public int Starting { get; set; }

    public int Busy { get; set; }

    /// <summary>Admitted invocations, waiting and running.</summary>
    public int InFlight { get; set; }

    /// <summary>When it last had an instance that served something.</summary>
    public TimeSpan LastHad { get; set; }

    /// <summary>Its configuration has been replaced: what ends is not kept.</summary>
    public bool Retired { get; set; }

    public Provisioning Provisioned { get; } = new();

    /// <summary>When an instance is started because an invocation is expected; null when none is.</summary>
    public TimeSpan? PrewarmAt { get; set; }

    public int IdleCount => Idle.Count + IdleProvisioned.Count;

    public int Total => Starting + Busy + IdleCount;

    public bool Empty => Total == 0 && InFlight == 0 && Provisioned.Target == 0 && PrewarmAt is null;

    public Demand Demand(FleetOptions options, TimeSpan now) => new()
    {
        Waiting = Waiting.Count,
        Longest = Waiting.First is { } first ? now - first.Value.Since : TimeSpan.Zero,
        Busy = Busy,
        Starting = Starting,
        Concurrency = Spec.InstanceConcurrency,
        Duration = History.Duration.Value,
        CpuTime = History.CpuTime.Value,
        Start = History.Starts.Expected ?? options.FirstStartGuess,
        Processors = options.Processors,
    };

    public FunctionActivity AddTo(FunctionActivity activity) => activity with
    {
        Starting = activity.Starting + Starting,
        Idle = activity.Idle + IdleCount,
        Frozen = activity.Frozen + Idle.Count(s => s.Frozen) + IdleProvisioned.Count(s => s.Frozen),
        Busy = activity.Busy + Busy,
        Waiting = activity.Waiting + Waiting.Count,
        InFlight = activity.InFlight + InFlight,
        PromisedMemoryMb = activity.PromisedMemoryMb + (Total * Spec.MemoryMb),
    };
}

/// <summary>Provisioned concurrency of a pool: so many instances, no more and no fewer.</summary>
internal sealed class Provisioning
{
    public int Target { get; set; }

    /// <summary>Provisioned instances in any state.</summary>
    public int Count { get; set; }

    /// <summary>Those that are initialised.</summary>
    public int Ready { get; set; }

    /// <summary>Why the last one could not be made; null after a success.</summary>
    public string? Failure { get; set; }

    public int Failures { get; set; }

    public TimeSpan RetryAt { get; set; }

    public bool Wants(TimeSpan now) => Count < Target && now >= RetryAt;
}

/// <summary>What a function has, in all its versions.</summary>
internal sealed class FunctionShare(string arn, AccountShare account)
{
    public string Arn { get; } = arn;

    public AccountShare Account { get; } = account;

    public int InFlight { get; set; }

    public int Pools { get; set; }

    /// <summary>Memory of its instances that start or run something. What is idle can be taken at any time.</summary>
    public int UsedMb { get; set; }

    public BurstAllowance Burst { get; } = new();
}

/// <summary>What an account's functions have.</summary>
internal sealed class AccountShare(string account)
{
    public string Account { get; } = account;

    /// <summary>Invocations in flight of functions without reservation.</summary>
    public int Unreserved { get; set; }

    public int Functions { get; set; }

    public int UsedMb { get; set; }
}
