namespace Petrel.Functions.Pools;

/// <summary>The idle instances of all pools by how long they are idle. The recent ones run on; the settled ones are frozen and know when they end.</summary>
internal sealed class IdleInstances
{
    private readonly LinkedList<Slot> _recent = [];
    private readonly LinkedList<Slot> _settled = [];
    private readonly Dictionary<Slot, LinkedListNode<Slot>> _places = [];
    private TimeSpan _nextExpiry = TimeSpan.MaxValue;

    /// <summary>What on-demand instances would free. Provisioned ones stay.</summary>
    public int EvictableMb { get; private set; }

    /// <summary>The one that became idle first of those that have not settled.</summary>
    public Slot? Recent => _recent.First?.Value;

    /// <summary>No instance expires before this.</summary>
    public TimeSpan NextExpiry => _settled.Count == 0 ? TimeSpan.MaxValue : _nextExpiry;

    public void Add(Slot slot)
    {
        _places.Add(slot, _recent.AddLast(slot));
        EvictableMb += slot.Provisioned ? 0 : slot.Pool.Spec.MemoryMb;
    }

    /// <summary>Recent becomes settled; its <see cref="Slot.ExpiresAt"/> is set.</summary>
    public void Settle(Slot slot)
    {
        _recent.Remove(_places[slot]);
        _places[slot] = _settled.AddLast(slot);
        _nextExpiry = slot.ExpiresAt < _nextExpiry ? slot.ExpiresAt : _nextExpiry;
    }

    public void Remove(Slot slot)
    {
        _places.Remove(slot, out var place);
        place!.List!.Remove(place);
        EvictableMb -= slot.Provisioned ? 0 : slot.Pool.Spec.MemoryMb;
    }

    /// <summary>The on-demand instance that is idle for longest; null when there is none.</summary>
    public Slot? Longest()
    {
        return First(_settled) ?? First(_recent);

        static Slot? First(LinkedList<Slot> slots)
        {
            foreach (var slot in slots)
            {
                if (!slot.Provisioned)
                {
                    return slot;
                }
            }

            return null;
        }
    }

    /// <summary>Those whose time is over.</summary>
    public List<Slot> Expired(TimeSpan now)
    {
        if (now < NextExpiry)
        {
            return [];
        }

        var expired = new List<Slot>();
        _nextExpiry = TimeSpan.MaxValue;
        foreach (var slot in _settled)
        {
            if (slot.ExpiresAt <= now)
            {
                expired.Add(slot);
            }
            else if (slot.ExpiresAt < _nextExpiry)
            {
                _nextExpiry = slot.ExpiresAt;
            }
        }

        return expired;
    }
}
