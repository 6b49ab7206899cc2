namespace Petrel.Functions.Pools;

/// <summary>What bounds the instances of this machine.</summary>
public sealed record FleetOptions
{
    /// <summary>Memory that all instances together may be promised.</summary>
    public required int MemoryBudgetMb { get; init; }

    /// <summary>After this long without an invocation an instance goes away. Ten minutes is about what Lambda gives.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Instances that start at the same time: more only make each other slow. Four for each processor.</summary>
    public int StartsAtOnce { get; init; } = Math.Max(4, Environment.ProcessorCount * 4);

    /// <summary>Invocations of one pool that wait for an instance; the next one is refused.</summary>
    public int MaxWaiting { get; init; } = 2000;

    /// <summary>How long an invocation waits for an instance before it is refused.</summary>
    public TimeSpan MaxWait { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A start is expected to take this long until one has been measured.</summary>
    public TimeSpan FirstStartGuess { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>A provisioned instance that could not be initialised is tried again after this long, then after twice as long, up to a minute.</summary>
    public TimeSpan ProvisionRetry { get; init; } = TimeSpan.FromSeconds(1);
}
