namespace Petrel.Functions.Pools;

internal enum SlotState
{
    Starting,
    Idle,
    Busy,

    /// <summary>No longer part of the fleet.</summary>
    Gone,
}

/// <summary>The place of one instance in the fleet.</summary>
internal sealed class Slot(Pool pool, bool provisioned)
{
    public Pool Pool { get; } = pool;

    /// <summary>Whether it was started for provisioned concurrency rather than for a waiting invocation.</summary>
    public bool Provisioned { get; } = provisioned;

    public SlotState State { get; set; } = SlotState.Starting;

    public TimeSpan IdleSince { get; set; }

    /// <summary>Its place among the idle ones of all pools, longest idle first.</summary>
    public LinkedListNode<Slot>? IdleNode { get; set; }

    /// <summary>What runs in it; set by the engine once there is something.</summary>
    public Instances.Instance? Instance { get; set; }
}

/// <summary>An invocation that was admitted and waits for an instance.</summary>
internal class Ticket
{
    public TimeSpan Since { get; set; }
}

/// <summary>Whether the invocation counts against its function's reservation or the account's common share.</summary>
internal readonly record struct Admission(Pool Pool, bool Reserved);
