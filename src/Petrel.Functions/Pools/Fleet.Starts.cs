using Petrel.Functions.Pools.Rules;

namespace Petrel.Functions.Pools;

/// <summary>What is started, in whose turn, and what makes room for it.</summary>
internal sealed partial class Fleet
{
    private readonly List<Pool> _candidates = [];
    private readonly List<Slot> _givingWay = [];

    /// <summary>Instances that start, the earliest first, without those that have had their turn.</summary>
    private readonly LinkedList<Slot> _computing = [];

    private bool MayStart(TimeSpan now)
    {
        while (_computing.First is { Value: var slot } && now - slot.StartedAt >= options.StartTurn)
        {
            _computing.RemoveFirst();
        }

        return _computing.Count < options.StartsAtOnce && Starting < options.MaxStarting;
    }

    /// <summary>Starts instances while there are starts and memory: for waiting invocations in turn, then provisioned ones.</summary>
    private void StartInTurn(TimeSpan now, ref FleetEffects effects)
    {
        while (MayStart(now) && NextInTurn(now) is { } pool)
        {
            if (!TryStart(pool, StartReason.Waiting, now, ref effects))
            {
                return; // what becomes free is its, not that of the next who needs less
            }
        }

        foreach (var pool in _provisioned)
        {
            while (pool.Provisioned.Wants(now) && TryStart(pool, StartReason.Provisioned, now, ref effects))
            {
                // Each makes one.
            }
        }
    }

    /// <summary>The pool that is next of those for which a start is worth it; null when there is none.</summary>
    private Pool? NextInTurn(TimeSpan now)
    {
        _candidates.Clear();
        foreach (var pool in _queues)
        {
            if (StartRule.Starts(StartRule.Decide(pool.Demand(options, now))) && pool.Function.Burst.NextAt(options.StartsInTenSeconds, now) <= now)
            {
                _candidates.Add(pool);
            }
        }

        return Turns.Next(_candidates, options.Quantum, now);
    }

    private bool TryStart(Pool pool, StartReason reason, TimeSpan now, ref FleetEffects effects)
    {
        if (!MayStart(now) || !MakeRoom(pool.Spec.MemoryMb, ref effects))
        {
            return false;
        }

        if (pool.Provisioned.Wants(now))
        {
            reason = StartReason.Provisioned;
        }
        else
        {
            pool.Function.Burst.TryTake(options.StartsInTenSeconds, now);
        }

        Create(new Slot(pool, reason) { StartedAt = now }, ref effects);
        return true;
    }

    /// <summary>Ends the longest idle on-demand instances, of any function, until there is memory. Ends none when all together would not do.</summary>
    private bool MakeRoom(int memoryMb, ref FleetEffects effects)
    {
        if (!CouldMakeRoom(memoryMb))
        {
            return false;
        }

        while (MemoryMb + memoryMb > options.MemoryBudgetMb)
        {
            Remove(_idle.Longest()!, StopReason.Evicted, ref effects);
        }

        return true;
    }

    private bool CouldMakeRoom(int memoryMb) => MemoryMb - _idle.EvictableMb + memoryMb <= options.MemoryBudgetMb;

    /// <summary>Whether a busy on-demand instance is ended, as soon as it can be, for another function that waits for memory.</summary>
    private bool GivesWay(Slot slot, TimeSpan now)
    {
        var owner = slot.Pool;
        if (slot.Provisioned || (slot.InFlight == 0 && owner.Waiting.Count == 0) || _queues.Count == 0)
        {
            return false; // an idle one makes room anyway
        }

        if (NextInTurn(now) is not { } other || other == owner || CouldMakeRoom(other.Spec.MemoryMb - GivingWayMb())
            || !Turns.GivesWay(owner, now - slot.ReadySince, other, options.Quantum, now))
        {
            return false;
        }

        _givingWay.Add(slot);
        return true;
    }

    /// <summary>What will be free when the instances that give way have finished what they run.</summary>
    private int GivingWayMb()
    {
        _givingWay.RemoveAll(slot => slot.State == SlotState.Gone);
        return _givingWay.Sum(slot => slot.Pool.Spec.MemoryMb);
    }
}
