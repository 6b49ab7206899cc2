namespace Petrel.Functions.Pools;

internal enum SlotState
{
    /// <summary>Not yet part of the fleet.</summary>
    New,

    Starting,
    Idle,

    /// <summary>It runs at least one invocation.</summary>
    Busy,

    /// <summary>No longer part of the fleet.</summary>
    Gone,
}

/// <summary>The place of one instance in the fleet.</summary>
internal sealed class Slot(Pool pool, StartReason reason)
{
    public Pool Pool { get; } = pool;

    public StartReason Reason { get; } = reason;

    /// <summary>Whether it is part of the provisioned concurrency: kept, and replaced when it ends.</summary>
    public bool Provisioned { get; } = reason == StartReason.Provisioned;

    public SlotState State { get; set; } = SlotState.New;

    /// <summary>Invocations that it runs.</summary>
    public int InFlight { get; set; }

    /// <summary>Has run an invocation.</summary>
    public bool HasServed { get; set; }

    /// <summary>Why it gets no further invocation and ends after its last; null while it stays.</summary>
    public StopReason? Leaves { get; set; }

    /// <summary>Idle and told to freeze; whoever takes it thaws it first.</summary>
    public bool Frozen { get; set; }

    /// <summary>Held while it is frozen or thawed, so that neither overtakes the other.</summary>
    public Lock Freezing { get; } = new();

    public TimeSpan StartedAt { get; set; }

    public TimeSpan ReadySince { get; set; }

    public TimeSpan IdleSince { get; set; }

    /// <summary>When it ends if it stays idle.</summary>
    public TimeSpan ExpiresAt { get; set; }

    /// <summary>What runs in it; set by the engine once there is something.</summary>
    public Instances.Instance? Instance { get; set; }

    public bool HasRoom => Leaves is null && InFlight < Pool.Spec.InstanceConcurrency;
}

/// <summary>An invocation that was admitted and waits for an instance.</summary>
internal class Ticket
{
    public TimeSpan Since { get; set; }

    /// <summary>Where it waits; null when it does not, or no longer.</summary>
    public LinkedListNode<Ticket>? Place { get; set; }
}

/// <summary>Whether the invocation counts against its function's reservation or the account's common share.</summary>
internal readonly record struct Admission(Pool Pool, bool Reserved);
