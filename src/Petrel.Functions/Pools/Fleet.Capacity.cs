namespace Petrel.Functions.Pools;

/// <summary>When instances are started and ended.</summary>
internal sealed partial class Fleet
{
    /// <summary>What only time brings: instances idle for too long, invocations that have waited for longer than a start takes.</summary>
    public void Tick(TimeSpan now, ref FleetEffects effects)
    {
        for (var node = _idle.First; node is not null && now - node.Value.IdleSince >= options.KeepAlive;)
        {
            var slot = node.Value;
            node = node.Next;
            if (!IsKept(slot.Pool))
            {
                EndIdle(slot, ref effects);
            }
        }

        foreach (var pool in _waiting.ToArray())
        {
            while (pool.Waiting.TryPeek(out var ticket) && now - ticket.Since >= options.MaxWait)
            {
                NextWaiting(pool);
                effects.AddRefuse(ticket);
            }

            StartForWaiting(pool, now, ref effects);
        }

        foreach (var pool in _provisioned.ToArray())
        {
            Provision(pool, now, ref effects);
        }

        Unblock(now, ref effects);
    }

    /// <summary>When <see cref="Tick"/> is due next; null while nothing depends on time.</summary>
    public TimeSpan? NextTick(TimeSpan now)
    {
        TimeSpan? next = _idle.First is { } oldest ? oldest.Value.IdleSince + options.KeepAlive : null;
        if (next <= now)
        {
            next = now + TimeSpan.FromSeconds(1); // provisioned instances are idle for as long as they like
        }

        foreach (var pool in _waiting)
        {
            var since = pool.Waiting.Peek().Since;
            var overdue = since + ExpectedStart(pool);
            Sooner(pool.Uncovered > 0 && overdue > now ? overdue : since + options.MaxWait);
        }

        foreach (var pool in _provisioned)
        {
            if (pool.ProvisionedTarget > pool.Total)
            {
                Sooner(pool.ProvisionRetryAt > now ? pool.ProvisionRetryAt : now + TimeSpan.FromSeconds(1));
            }
        }

        return next;

        void Sooner(TimeSpan at) => next = next is null || at < next ? at : next;
    }

    private TimeSpan ExpectedStart(Pool pool) => pool.MeanStart ?? options.FirstStartGuess;

    /// <summary>Starts instances for invocations that would wait for longer than that.</summary>
    private void StartForWaiting(Pool pool, TimeSpan now, ref FleetEffects effects)
    {
        while (pool.Uncovered > 0 && IsWorthAStart(pool, now))
        {
            if (!TryStart(pool, provisioned: false, ref effects))
            {
                if (!_blocked.Contains(pool))
                {
                    _blocked.AddLast(pool);
                }

                return;
            }
        }
    }

    private bool IsWorthAStart(Pool pool, TimeSpan now)
    {
        if (pool.Busy == 0 || pool.MeanDuration is not { } duration)
        {
            return true;
        }

        // Invocations end at intervals of duration / busy; the last uncovered one waits for as many of them as there are uncovered.
        var start = ExpectedStart(pool);
        return duration * pool.Uncovered / pool.Busy > start || now - pool.Waiting.Peek().Since >= start;
    }

    private bool TryStart(Pool pool, bool provisioned, ref FleetEffects effects)
    {
        if (_starting >= options.StartsAtOnce || !MakeRoom(pool.Spec.MemoryMb, ref effects))
        {
            return false;
        }

        _starting++;
        _memoryMb += pool.Spec.MemoryMb;
        Instances++;
        pool.Starting++;
        effects.AddStart(new Slot(pool, provisioned));
        return true;
    }

    /// <summary>Ends the longest idle instances, of any function, until there is memory. Ends none when all together would not do.</summary>
    private bool MakeRoom(int memoryMb, ref FleetEffects effects)
    {
        var missing = _memoryMb + memoryMb - options.MemoryBudgetMb;
        if (missing <= 0)
        {
            return true;
        }

        List<Slot>? victims = null;
        Dictionary<Pool, int>? taken = null;
        for (var node = _idle.First; node is not null && missing > 0; node = node.Next)
        {
            var pool = node.Value.Pool;
            var alreadyTaken = taken?.GetValueOrDefault(pool) ?? 0;
            if (pool.Total - alreadyTaken > pool.ProvisionedTarget)
            {
                (victims ??= []).Add(node.Value);
                (taken ??= [])[pool] = alreadyTaken + 1;
                missing -= pool.Spec.MemoryMb;
            }
        }

        if (missing > 0)
        {
            return false;
        }

        foreach (var victim in victims ?? [])
        {
            EndIdle(victim, ref effects);
        }

        return true;
    }

    private void Provision(Pool pool, TimeSpan now, ref FleetEffects effects)
    {
        while (pool.Total < pool.ProvisionedTarget && now >= pool.ProvisionRetryAt)
        {
            if (!TryStart(pool, provisioned: true, ref effects))
            {
                if (!_blocked.Contains(pool))
                {
                    _blocked.AddLast(pool);
                }

                return;
            }
        }
    }

    private void ProvisionFailed(Pool pool, string reason, TimeSpan now)
    {
        if (pool.ProvisionedTarget > 0)
        {
            pool.ProvisionFailure = reason;
            var wait = options.ProvisionRetry * Math.Pow(2, Math.Min(pool.ProvisionFailures++, 6));
            pool.ProvisionRetryAt = now + (wait < TimeSpan.FromMinutes(1) ? wait : TimeSpan.FromMinutes(1));
        }
    }

    /// <summary>Something has ended or become idle: pools that could not start may now.</summary>
    private void Unblock(TimeSpan now, ref FleetEffects effects)
    {
        for (var count = _blocked.Count; count > 0 && _starting < options.StartsAtOnce; count--)
        {
            var pool = _blocked.First!.Value;
            _blocked.RemoveFirst();
            StartForWaiting(pool, now, ref effects);
            Provision(pool, now, ref effects);
        }
    }

    private void EndStart(Pool pool)
    {
        _starting--;
        pool.Starting--;
    }

    private static bool IsKept(Pool pool) => pool.Total <= pool.ProvisionedTarget;

    private void StopIdle(Pool pool, ref FleetEffects effects)
    {
        while (pool.Idle.Count > 0)
        {
            EndIdle(pool.Idle[0], ref effects);
        }
    }

    private void EndIdle(Slot slot, ref FleetEffects effects)
    {
        slot.Pool.Idle.Remove(slot);
        _idle.Remove(slot.IdleNode!);
        Remove(slot, ref effects);
    }

    /// <summary>Takes an instance out of the fleet; it is in none of its pool's lists any more.</summary>
    private void Remove(Slot slot, ref FleetEffects effects)
    {
        slot.State = SlotState.Gone;
        _memoryMb -= slot.Pool.Spec.MemoryMb;
        Instances--;
        effects.AddStop(slot);
        Forget(slot.Pool);
    }
}
