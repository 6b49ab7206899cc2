namespace Petrel.Functions.Pools;

/// <summary>The events of instances, and what the owner of a function asks for.</summary>
internal sealed partial class Fleet
{
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(1);

    /// <summary>A started instance is ready, or failed in a way that an invocation is to be told of: it goes to the longest waiting one.</summary>
    /// <param name="usable">False for one that can do no more than tell.</param>
    public void Started(Slot slot, StartKind kind, TimeSpan took, bool usable, TimeSpan now, ref FleetEffects effects)
    {
        var pool = slot.Pool;
        pool.History.Started(kind, took, usable);
        slot.ReadySince = now;
        if (usable)
        {
            (pool.Provisioned.Failure, pool.Provisioned.Failures) = (null, 0);
            if (IsExcess(slot))
            {
                Remove(slot, StopReason.Unprovisioned, ref effects);
            }
            else
            {
                Serve(slot, now, ref effects);
            }
        }
        else
        {
            RetryProvisioned(pool, "FUNCTION_ERROR_INIT_FAILURE", now);
            if (pool.Waiting.First is { Value: var ticket })
            {
                Dequeue(pool, ticket);
                TakePlace(slot);
                effects.AddGive(ticket, slot);
                slot.Leaves = StopReason.Unusable;
                SetOpen(slot);
            }
            else
            {
                Remove(slot, StopReason.Unusable, ref effects);
            }
        }

        StartInTurn(now, ref effects);
    }

    /// <summary>An instance could not be made at all.</summary>
    /// <returns>The invocation that is told of it; null when none waits.</returns>
    public Ticket? StartFailed(Slot slot, TimeSpan now, ref FleetEffects effects)
    {
        var pool = slot.Pool;
        RetryProvisioned(pool, "SANDBOX_START_FAILURE", now);
        var ticket = pool.Waiting.First?.Value;
        if (ticket is not null)
        {
            Dequeue(pool, ticket);
        }

        Remove(slot, StopReason.Unusable, ref effects);
        StartInTurn(now, ref effects);
        return ticket;
    }

    /// <summary>An idle instance has ended by itself. One that serves an invocation is given back by <see cref="Release"/>.</summary>
    public void Lost(Slot slot, TimeSpan now, ref FleetEffects effects)
    {
        if (slot.State == SlotState.Idle)
        {
            Remove(slot, StopReason.Unusable, ref effects);
            StartInTurn(now, ref effects);
        }
    }

    /// <summary>Ends all pools of a function but the given ones: idle instances at once, others after their invocation.</summary>
    public void Retire(string functionArn, IReadOnlySet<string> current, TimeSpan now, ref FleetEffects effects)
    {
        var retired = _pools.Values.Where(p => p.Function.Arn == functionArn && !current.Contains(p.Spec.PoolKey)).ToList();
        foreach (var pool in retired)
        {
            pool.Retired = true;
            SetTarget(pool, 0);
            ClearPrewarm(pool);
            foreach (var slot in pool.Idle.Concat(pool.IdleProvisioned).ToList())
            {
                Remove(slot, StopReason.Retired, ref effects);
            }

            Forget(pool);
        }

        StartInTurn(now, ref effects);
    }

    /// <summary>Sets how many initialised instances are kept.</summary>
    public void Provision(FunctionSpec spec, int instances, TimeSpan now, ref FleetEffects effects)
    {
        var pool = PoolOf(spec, now);
        SetTarget(pool, instances);
        pool.Retired &= instances == 0;
        (pool.Provisioned.Failure, pool.Provisioned.Failures, pool.Provisioned.RetryAt) = (null, 0, TimeSpan.Zero);
        while (pool.Provisioned.Count > instances && pool.IdleProvisioned.Count > 0)
        {
            Remove(pool.IdleProvisioned[0], StopReason.Unprovisioned, ref effects);
        }

        StartInTurn(now, ref effects);
        Forget(pool);
    }

    private void SetTarget(Pool pool, int instances)
    {
        pool.Provisioned.Target = instances;
        _ = instances > 0 ? _provisioned.Add(pool) : _provisioned.Remove(pool);
    }

    /// <summary>Fewer provisioned instances are asked for than there are.</summary>
    private static bool IsExcess(Slot slot) => slot.Provisioned && slot.Pool.Provisioned.Count > slot.Pool.Provisioned.Target;

    private void RetryProvisioned(Pool pool, string reason, TimeSpan now)
    {
        var provisioned = pool.Provisioned;
        if (provisioned.Target > 0)
        {
            var wait = options.ProvisionRetry * Math.Pow(2, Math.Min(provisioned.Failures++, 6));
            (provisioned.Failure, provisioned.RetryAt) = (reason, now + (wait < LongestRetry ? wait : LongestRetry));
        }
    }
}
