namespace Petrel.Functions.Pools;

/// <summary>
/// Decides which instance serves an invocation, when one is started and when one ends, for all pools of this machine. It does nothing
/// itself: every event comes with the time, changes the state, and gives the effects that follow. Not safe for threads; its owner locks.
/// </summary>
/// <remarks>
/// The rules. An idle instance serves at once, the most recently used first. Without one, an invocation waits for a running one when that
/// is expected to be sooner than a start, and never longer than a start takes; otherwise an instance is started. Starting needs memory
/// from the budget; the longest idle instances of all functions make room. Idle instances end after the keep-alive, provisioned ones do not.
/// </remarks>
internal sealed partial class Fleet(FleetOptions options)
{
    private readonly Dictionary<string, Pool> _pools = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FunctionCount> _functions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AccountCount> _accounts = new(StringComparer.Ordinal);
    private readonly Tallies _tallies = new();
    private readonly LinkedList<Slot> _idle = [];
    private readonly LinkedList<Pool> _blocked = [];
    private readonly HashSet<Pool> _waiting = [];
    private readonly HashSet<Pool> _provisioned = [];
    private int _memoryMb;
    private int _starting;

    public int MemoryMb => _memoryMb;

    public int InFlight { get; private set; }

    /// <summary>Instances in any state.</summary>
    public int Instances { get; private set; }

    public int InFlightOf(string functionArn) => _functions.TryGetValue(functionArn, out var function) ? function.InFlight : 0;

    public Pool? Find(string poolKey) => _pools.GetValueOrDefault(poolKey);

    /// <summary>What every version does; memory in use is not known here.</summary>
    public Dictionary<Tally, FunctionActivity> Activity()
    {
        var activity = _tallies.All.ToDictionary(tally => tally, tally => tally.ToActivity());
        foreach (var pool in _pools.Values)
        {
            activity[pool.Tally] = pool.AddTo(activity[pool.Tally]);
        }

        return activity;
    }

    /// <summary>Counts an invocation in, unless a limit is reached; then nothing has changed.</summary>
    public ThrottleReason? Admit(FunctionSpec spec, AdmissionLimits limits, TimeSpan now, out Admission admission)
    {
        var pool = PoolOf(spec, now);
        pool.Tally.LastUsed = now;
        admission = new Admission(pool, limits.Reserved is not null);
        var refusal = limits.Reserved is { } reserved
            ? pool.Function.InFlight >= reserved ? ThrottleReason.ReservedFunctionConcurrentInvocationLimitExceeded : (ThrottleReason?)null
            : pool.Account.Unreserved >= limits.AccountUnreserved ? ThrottleReason.ConcurrentInvocationLimitExceeded : null;
        if (refusal is not null)
        {
            Forget(pool);
            return refusal;
        }

        pool.InFlight++;
        pool.Function.InFlight++;
        pool.Account.Unreserved += admission.Reserved ? 0 : 1;
        InFlight++;
        return null;
    }

    /// <summary>Counts an invocation out, however it ended.</summary>
    public void Leave(Admission admission)
    {
        admission.Pool.InFlight--;
        admission.Pool.Function.InFlight--;
        admission.Pool.Account.Unreserved -= admission.Reserved ? 0 : 1;
        InFlight--;
        Forget(admission.Pool);
    }

    /// <summary>Takes an idle instance; null when there is none.</summary>
    public Slot? TakeIdle(Pool pool)
    {
        if (pool.Idle.Count == 0)
        {
            return null;
        }

        var slot = pool.Idle[^1];
        pool.Idle.RemoveAt(pool.Idle.Count - 1);
        _idle.Remove(slot.IdleNode!);
        MakeBusy(slot);
        return slot;
    }

    /// <summary>Drops an instance that was taken and turned out to be of no use any more.</summary>
    public void Discard(Slot slot, TimeSpan now, ref FleetEffects effects)
    {
        slot.Pool.Busy--;
        Remove(slot, ref effects);
        Provision(slot.Pool, now, ref effects);
    }

    /// <summary>Lets an admitted invocation wait; false when the queue is full.</summary>
    public bool Wait(Pool pool, Ticket ticket, TimeSpan now, ref FleetEffects effects)
    {
        if (pool.Waiting.Count >= options.MaxWaiting || pool.Spec.MemoryMb > options.MemoryBudgetMb)
        {
            return false;
        }

        ticket.Since = now;
        pool.Waiting.Enqueue(ticket);
        _waiting.Add(pool);
        StartForWaiting(pool, now, ref effects);
        return true;
    }

    /// <summary>An instance has finished an invocation.</summary>
    /// <param name="usable">Whether it can serve another.</param>
    public void Release(Slot slot, TimeSpan duration, bool usable, TimeSpan now, ref FleetEffects effects)
    {
        var pool = slot.Pool;
        pool.Measured(duration);
        pool.Busy--;
        if (usable)
        {
            Offer(slot, now, ref effects);
        }
        else
        {
            Remove(slot, ref effects);
            Provision(pool, now, ref effects);
            StartForWaiting(pool, now, ref effects);
        }

        Unblock(now, ref effects);
    }

    /// <summary>A started instance is ready, or failed in a way that an invocation is to be told of: it goes to the longest waiting one.</summary>
    /// <param name="usable">False for one that can do no more than tell.</param>
    public void Started(Slot slot, TimeSpan took, bool usable, TimeSpan now, ref FleetEffects effects)
    {
        var pool = slot.Pool;
        EndStart(pool);
        if (usable)
        {
            pool.StartMeasured(took);
            Offer(slot, now, ref effects);
            (pool.ProvisionFailure, pool.ProvisionFailures) = (null, 0);
        }
        else
        {
            ProvisionFailed(pool, "FUNCTION_ERROR_INIT_FAILURE", now);
            if (NextWaiting(pool) is { } ticket)
            {
                MakeBusy(slot);
                effects.AddGive(ticket, slot);
            }
            else
            {
                Remove(slot, ref effects);
            }
        }

        Unblock(now, ref effects);
    }

    /// <summary>An instance could not be made at all.</summary>
    /// <returns>The invocation that is told of it; null when none waits.</returns>
    public Ticket? StartFailed(Slot slot, TimeSpan now, ref FleetEffects effects)
    {
        var pool = slot.Pool;
        EndStart(pool);
        ProvisionFailed(pool, "SANDBOX_START_FAILURE", now);
        Remove(slot, ref effects);
        var ticket = NextWaiting(pool);
        StartForWaiting(pool, now, ref effects);
        Unblock(now, ref effects);
        return ticket;
    }

    /// <summary>An idle instance has ended by itself. One that serves an invocation is given back by <see cref="Release"/>.</summary>
    public void Lost(Slot slot, TimeSpan now, ref FleetEffects effects)
    {
        if (slot.State == SlotState.Idle)
        {
            slot.Pool.Idle.Remove(slot);
            _idle.Remove(slot.IdleNode!);
            Remove(slot, ref effects);
            Provision(slot.Pool, now, ref effects);
            Unblock(now, ref effects);
        }
    }

    /// <summary>Ends all pools of a function but the given ones: idle instances at once, others after their invocation.</summary>
    public void Retire(string functionArn, IReadOnlySet<string> current, ref FleetEffects effects)
    {
        List<Pool>? retired = null;
        foreach (var pool in _pools.Values)
        {
            if (pool.Function.Arn == functionArn && !current.Contains(pool.Spec.PoolKey))
            {
                (retired ??= []).Add(pool);
            }
        }

        foreach (var pool in retired ?? [])
        {
            pool.Retired = true;
            SetProvisioned(pool, 0);
            StopIdle(pool, ref effects);
            Forget(pool);
        }
    }

    /// <summary>Sets how many initialised instances are kept.</summary>
    public void Provision(FunctionSpec spec, int instances, TimeSpan now, ref FleetEffects effects)
    {
        var pool = PoolOf(spec, now);
        SetProvisioned(pool, instances);
        pool.Retired &= instances == 0;
        (pool.ProvisionFailure, pool.ProvisionFailures, pool.ProvisionRetryAt) = (null, 0, TimeSpan.Zero);
        Provision(pool, now, ref effects);
        Forget(pool);
    }

    private void SetProvisioned(Pool pool, int instances)
    {
        pool.ProvisionedTarget = instances;
        _ = instances > 0 ? _provisioned.Add(pool) : _provisioned.Remove(pool);
    }

    private void Offer(Slot slot, TimeSpan now, ref FleetEffects effects)
    {
        var pool = slot.Pool;
        if (NextWaiting(pool) is { } ticket)
        {
            MakeBusy(slot);
            effects.AddGive(ticket, slot);
        }
        else if (pool.Retired)
        {
            Remove(slot, ref effects);
        }
        else
        {
            (slot.State, slot.IdleSince) = (SlotState.Idle, now);
            pool.Idle.Add(slot);
            slot.IdleNode = _idle.AddLast(slot);
        }
    }

    private Ticket? NextWaiting(Pool pool)
    {
        if (!pool.Waiting.TryDequeue(out var ticket))
        {
            return null;
        }

        if (pool.Waiting.Count == 0)
        {
            _waiting.Remove(pool);
        }

        return ticket;
    }

    private static void MakeBusy(Slot slot)
    {
        slot.State = SlotState.Busy;
        slot.Pool.Busy++;
    }

    private Pool PoolOf(FunctionSpec spec, TimeSpan now)
    {
        if (!_pools.TryGetValue(spec.PoolKey, out var pool))
        {
            if (!_functions.TryGetValue(spec.FunctionArn, out var function))
            {
                _functions.Add(spec.FunctionArn, function = new FunctionCount(spec.FunctionArn));
            }

            if (!_accounts.TryGetValue(spec.Account, out var account))
            {
                _accounts.Add(spec.Account, account = new AccountCount());
            }

            function.Pools++;
            _pools.Add(spec.PoolKey, pool = new Pool(spec, function, account, _tallies.Of(spec, now)));
            pool.Tally.Pools++;
        }

        return pool;
    }

    /// <summary>Drops a pool that has nothing: an idle function costs no memory.</summary>
    private void Forget(Pool pool)
    {
        if (pool.Empty && _pools.TryGetValue(pool.Spec.PoolKey, out var known) && known == pool)
        {
            _pools.Remove(pool.Spec.PoolKey);
            pool.Tally.Pools--;
            if (--pool.Function.Pools == 0)
            {
                _functions.Remove(pool.Function.Arn);
            }
        }
    }
}
