namespace Petrel.Functions.Pools;

/// <summary>What the fleet has decided and its owner does, outside the lock and in this order.</summary>
internal struct FleetEffects
{
    /// <summary>Instances to start.</summary>
    public List<Slot>? Start { get; private set; }

    /// <summary>Instances to end; they are no longer part of the fleet.</summary>
    public List<Slot>? Stop { get; private set; }

    /// <summary>Waiting invocations that have got an instance.</summary>
    public List<(Ticket Ticket, Slot Slot)>? Give { get; private set; }

    /// <summary>Waiting invocations that have been waiting for too long.</summary>
    public List<Ticket>? Refuse { get; private set; }

    public readonly bool None => Start is null && Stop is null && Give is null && Refuse is null;

    public void AddStart(Slot slot) => (Start ??= []).Add(slot);

    public void AddStop(Slot slot) => (Stop ??= []).Add(slot);

    public void AddGive(Ticket ticket, Slot slot) => (Give ??= []).Add((ticket, slot));

    public void AddRefuse(Ticket ticket) => (Refuse ??= []).Add(ticket);
}
