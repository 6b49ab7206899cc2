namespace Petrel.Functions.Pools;

/// <summary>What bounds the instances of this machine.</summary>
public sealed record FleetOptions
{
    /// <summary>Memory that all instances together may be promised.</summary>
    public required int MemoryBudgetMb { get; init; }

    /// <summary>
    /// How long an instance stays without an invocation while nothing better is known of its function. Ten minutes is about what Lambda gives.
    /// </summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>After this long without an invocation an instance is frozen, as on Lambda: no timer and no thread of it runs until the next one.</summary>
    public TimeSpan FreezeAfter { get; init; } = TimeSpan.FromMilliseconds(50);

    public int Processors { get; init; } = Environment.ProcessorCount;

    /// <summary>Instances that compute their start at the same time: more only make each other slow. Two for each processor.</summary>
    public int StartsAtOnce { get; init; } = Math.Max(2, Environment.ProcessorCount * 2);

    /// <summary>What starts for longer than this waits for something else than a processor, and keeps nobody else from starting.</summary>
    public TimeSpan StartTurn { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Instances that start at the same time, computing or waiting.</summary>
    public int MaxStarting { get; init; } = Math.Max(32, Environment.ProcessorCount * 32);

    /// <summary>Instances that one function may start in ten seconds: Lambda's scaling rate of a function.</summary>
    public int StartsInTenSeconds { get; init; } = 1000;

    /// <summary>Invocations of one pool that wait for an instance; the next one is refused.</summary>
    public int MaxWaiting { get; init; } = 2000;

    /// <summary>Invocations of all pools that wait.</summary>
    public int MaxWaitingOfNode { get; init; } = 10_000;

    /// <summary>Who would have to wait for longer than this is refused at once: a caller who waits blindly is worse off than one who tries again.</summary>
    public TimeSpan MaxExpectedWait { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Who has waited for this long is refused, whatever was expected. Longer than an initialisation may take.</summary>
    public TimeSpan MaxWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For this long an instance serves its own function's queue before it may have to make room for a function that has none.</summary>
    public TimeSpan Quantum { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A start is expected to take this long until one has been measured.</summary>
    public TimeSpan FirstStartGuess { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>A provisioned instance that could not be initialised is tried again after this long, then after twice as long, up to a minute.</summary>
    public TimeSpan ProvisionRetry { get; init; } = TimeSpan.FromSeconds(1);
}
