using Petrel.Functions.Pools.KeepAlive;

namespace Petrel.Functions.Pools;

/// <summary>What only time brings: invocations that waited too long, instances that freeze, end, or are started ahead of an expected invocation.</summary>
internal sealed partial class Fleet
{
    /// <summary>When the next idle instance is to be frozen; for the owner to see without asking for all of <see cref="NextTick"/>.</summary>
    public TimeSpan NextSettling => _idle.Recent is { } slot ? slot.IdleSince + options.FreezeAfter : TimeSpan.MaxValue;

    public void Tick(TimeSpan now, ref FleetEffects effects)
    {
        RefuseOverdue(now, ref effects);
        while (_idle.Recent is { } slot && now - slot.IdleSince >= options.FreezeAfter)
        {
            Settle(slot, ref effects);
        }

        foreach (var slot in _idle.Expired(now))
        {
            Remove(slot, StopReason.KeepAlive, ref effects);
        }

        StartInTurn(now, ref effects);
        Prewarm(now, ref effects);
    }

    /// <summary>When <see cref="Tick"/> is due next; null while nothing depends on time.</summary>
    public TimeSpan? NextTick(TimeSpan now)
    {
        var next = NextSettling < _idle.NextExpiry ? NextSettling : _idle.NextExpiry;
        foreach (var pool in _queues)
        {
            var since = pool.Waiting.First!.Value.Since;
            Sooner(since + options.MaxWait);
            Sooner(Later(since + pool.Demand(options, now).Start));
            Sooner(Later(pool.Function.Burst.NextAt(options.StartsInTenSeconds, now)));
        }

        foreach (var pool in _provisioned)
        {
            if (pool.Provisioned.Count < pool.Provisioned.Target)
            {
                Sooner(Later(pool.Provisioned.RetryAt));
            }
        }

        if (_computing.First is { Value: var first } && (_queues.Count > 0 || _provisioned.Count > 0))
        {
            Sooner(Later(first.StartedAt + options.StartTurn));
        }

        foreach (var pool in _prewarmed)
        {
            Sooner(pool.PrewarmAt!.Value);
        }

        return next == TimeSpan.MaxValue ? null : next;

        void Sooner(TimeSpan at) => next = at < next ? at : next;

        // What was due and could not be done waits for something to become free, not for time.
        TimeSpan Later(TimeSpan at) => at > now ? at : TimeSpan.MaxValue;
    }

    private void RefuseOverdue(TimeSpan now, ref FleetEffects effects)
    {
        foreach (var pool in _queues.ToArray())
        {
            while (pool.Waiting.First is { Value: var ticket } && now - ticket.Since >= options.MaxWait)
            {
                Dequeue(pool, ticket);
                effects.AddRefuse(ticket);
            }
        }
    }

    /// <summary>An instance has been idle for long enough to be frozen, and to think about how long it stays.</summary>
    private void Settle(Slot slot, ref FleetEffects effects)
    {
        var pool = slot.Pool;
        slot.Frozen = true;
        effects.AddFreeze(slot);
        slot.ExpiresAt = slot.Provisioned ? TimeSpan.MaxValue : slot.IdleSince + StayOf(slot);
        _idle.Settle(slot);
    }

    /// <summary>The policy speaks of a function's one instance; more of them, left over from a burst, stay no longer than without a policy.</summary>
    private TimeSpan StayOf(Slot slot)
    {
        var pool = slot.Pool;
        var windows = KeepAlivePolicy.Decide(pool.History.IdleTimes, options.KeepAlive);
        if (!slot.HasServed)
        {
            return windows.Prewarm is null ? windows.Stay : windows.StayPrewarmed;
        }

        if (pool.Total > 1)
        {
            return windows.Stay < options.KeepAlive ? windows.Stay : options.KeepAlive;
        }

        if (windows.Prewarm is { } prewarm)
        {
            pool.PrewarmAt = slot.IdleSince + prewarm;
            _prewarmed.Add(pool);
        }

        return windows.Stay;
    }

    /// <summary>Makes an instance for an invocation that is expected; only of memory that nobody uses, and only while nobody waits.</summary>
    private void Prewarm(TimeSpan now, ref FleetEffects effects)
    {
        foreach (var pool in _prewarmed.Where(p => p.PrewarmAt <= now).ToArray())
        {
            ClearPrewarm(pool);
            if (pool.Total == 0 && _queues.Count == 0 && MemoryMb + pool.Spec.MemoryMb <= options.MemoryBudgetMb)
            {
                _ = TryStart(pool, StartReason.Expected, now, ref effects);
            }

            Forget(pool);
        }
    }

    private void ClearPrewarm(Pool pool)
    {
        if (pool.PrewarmAt is not null)
        {
            pool.PrewarmAt = null;
            _prewarmed.Remove(pool);
        }
    }
}
