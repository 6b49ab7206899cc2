namespace Petrel.Functions.Pools;

/// <summary>Why an instance is started.</summary>
internal enum StartReason
{
    /// <summary>Invocations wait.</summary>
    Waiting,

    /// <summary>Provisioned concurrency.</summary>
    Provisioned,

    /// <summary>An invocation is expected soon.</summary>
    Expected,
}

/// <summary>Why an instance is ended.</summary>
internal enum StopReason
{
    /// <summary>It was idle for as long as it is kept.</summary>
    KeepAlive,

    /// <summary>It was idle and another function needs its memory.</summary>
    Evicted,

    /// <summary>Its function has more than its share, and another waits.</summary>
    GaveWay,

    /// <summary>Its configuration has been replaced.</summary>
    Retired,

    /// <summary>It is provisioned concurrency that is no longer asked for.</summary>
    Unprovisioned,

    /// <summary>It failed, ended by itself, or its credentials have run out.</summary>
    Unusable,
}

/// <summary>Why an admitted invocation is refused.</summary>
internal enum RefusalCause
{
    /// <summary>The function needs more memory than the machine has for all.</summary>
    TooLarge,

    QueueFull,

    QueueOfNodeFull,

    /// <summary>It would have to wait for too long.</summary>
    ExpectedWaitTooLong,

    /// <summary>It has waited for too long.</summary>
    WaitedTooLong,
}

/// <summary>What the fleet has decided and its owner does, outside the lock and in this order.</summary>
internal struct FleetEffects
{
    /// <summary>Waiting invocations that have got an instance.</summary>
    public List<(Ticket Ticket, Slot Slot)>? Give { get; private set; }

    /// <summary>Waiting invocations that have been waiting for too long.</summary>
    public List<Ticket>? Refuse { get; private set; }

    /// <summary>Instances to start.</summary>
    public List<Slot>? Start { get; private set; }

    /// <summary>Instances to end; they are no longer part of the fleet.</summary>
    public List<(Slot Slot, StopReason Reason)>? Stop { get; private set; }

    /// <summary>Idle instances to freeze, unless they have been taken meanwhile.</summary>
    public List<Slot>? Freeze { get; private set; }

    public readonly bool None => Start is null && Stop is null && Give is null && Refuse is null && Freeze is null;

    public void AddGive(Ticket ticket, Slot slot) => (Give ??= []).Add((ticket, slot));

    public void AddRefuse(Ticket ticket) => (Refuse ??= []).Add(ticket);

    public void AddStart(Slot slot) => (Start ??= []).Add(slot);

    public void AddStop(Slot slot, StopReason reason) => (Stop ??= []).Add((slot, reason));

    public void AddFreeze(Slot slot) => (Freeze ??= []).Add(slot);
}
