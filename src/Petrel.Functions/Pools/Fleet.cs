using Petrel.Functions.Pools.Rules;

namespace Petrel.Functions.Pools;

/// <summary>
/// Decides which instance serves an invocation, when one is started and when one ends, for all pools of this machine. It does nothing
/// itself: every event comes with the time, changes the state, and gives the effects that follow. Not safe for threads; its owner locks.
/// </summary>
/// <remarks>
/// <para>The rules are pure and stand by themselves: <see cref="StartRule"/> (is another instance worth its start), <see cref="QueueRule"/> (may one
/// more wait), <see cref="Turns"/> (who is next, who gives way), <see cref="KeepAlive.KeepAlivePolicy"/> (how long an idle one stays).</para>
/// <para>This part has the events of invocations, <c>Fleet.Instances</c> those of instances, <c>Fleet.Starts</c> what is started and what makes
/// room for it, <c>Fleet.Time</c> what only time brings, and <c>Fleet.Moves</c> the one place where an instance changes its state.</para>
/// </remarks>
internal sealed partial class Fleet(FleetOptions options)
{
    private readonly Dictionary<string, Pool> _pools = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FunctionShare> _functions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AccountShare> _accounts = new(StringComparer.Ordinal);
    private readonly Histories _histories = new();
    private readonly IdleInstances _idle = new();
    private readonly HashSet<Pool> _queues = [];
    private readonly HashSet<Pool> _provisioned = [];
    private readonly HashSet<Pool> _prewarmed = [];

    /// <summary>What all instances are promised.</summary>
    public int MemoryMb { get; private set; }

    public int InFlight { get; private set; }

    /// <summary>Invocations that wait.</summary>
    public int Waiting { get; private set; }

    /// <summary>Instances in any state.</summary>
    public int Instances { get; private set; }

    public int Starting { get; private set; }

    public int InFlightOf(string functionArn) => _functions.TryGetValue(functionArn, out var function) ? function.InFlight : 0;

    public Pool? Find(string poolKey) => _pools.GetValueOrDefault(poolKey);

    /// <summary>What every version does; memory in use is not known here.</summary>
    public Dictionary<VersionHistory, FunctionActivity> Activity()
    {
        var activity = _histories.All.ToDictionary(history => history, history => history.ToActivity());
        foreach (var pool in _pools.Values)
        {
            activity[pool.History] = pool.AddTo(activity[pool.History]);
        }

        return activity;
    }

    /// <summary>Counts an invocation in, unless a limit is reached; then nothing has changed.</summary>
    public ThrottleReason? Admit(FunctionSpec spec, AdmissionLimits limits, TimeSpan now, out Admission admission)
    {
        var pool = PoolOf(spec, now);
        admission = new Admission(pool, limits.Reserved is not null);
        var refusal = limits.Reserved is { } reserved
            ? pool.Function.InFlight >= reserved ? ThrottleReason.ReservedFunctionConcurrentInvocationLimitExceeded : (ThrottleReason?)null
            : pool.Account.Unreserved >= limits.AccountUnreserved ? ThrottleReason.ConcurrentInvocationLimitExceeded : null;
        if (refusal is not null)
        {
            pool.History.Throttles++;
            Forget(pool);
            return refusal;
        }

        pool.InFlight++;
        pool.Function.InFlight++;
        pool.Account.Unreserved += admission.Reserved ? 0 : 1;
        InFlight++;
        pool.History.Begin(now);
        ClearPrewarm(pool);
        return null;
    }

    /// <summary>Counts an invocation out, however it ended.</summary>
    public void Leave(Admission admission, TimeSpan now)
    {
        var pool = admission.Pool;
        pool.InFlight--;
        pool.Function.InFlight--;
        pool.Account.Unreserved -= admission.Reserved ? 0 : 1;
        InFlight--;
        pool.History.End(now);
        Forget(pool);
    }

    /// <summary>
    /// Takes a place in an instance: in one that runs others already, else a provisioned one, else the most recently used; null when there is none.
    /// </summary>
    /// <param name="thaw">It was told to freeze, and must be thawed first.</param>
    public Slot? Take(Pool pool, out bool thaw)
    {
        var slot = Last(pool.Open) ?? Last(pool.IdleProvisioned) ?? Last(pool.Idle);
        thaw = slot is { Frozen: true };
        if (slot is not null)
        {
            slot.Frozen = false;
            TakePlace(slot);
        }

        return slot;

        static Slot? Last(List<Slot> slots) => slots.Count == 0 ? null : slots[^1];
    }

    /// <summary>Lets an admitted invocation wait.</summary>
    /// <returns>Why it is refused; null when it waits.</returns>
    public RefusalCause? Wait(Pool pool, Ticket ticket, TimeSpan now, ref FleetEffects effects)
    {
        var free = options.MemoryBudgetMb - MemoryMb + _idle.EvictableMb;
        var obtainable = pool.Busy + pool.Starting + (free / pool.Spec.MemoryMb);
        if (QueueRule.Decide(pool.Demand(options, now), pool.Spec.MemoryMb, Waiting, obtainable, options) is { } cause)
        {
            return cause;
        }

        ticket.Since = now;
        ticket.Place = pool.Waiting.AddLast(ticket);
        Waiting++;
        _queues.Add(pool);
        StartInTurn(now, ref effects);
        return null;
    }

    /// <summary>The caller of a waiting invocation has gone.</summary>
    /// <returns>False when it has got an instance, or was refused, already.</returns>
    public bool Abandon(Pool pool, Ticket ticket, TimeSpan now, ref FleetEffects effects)
    {
        if (ticket.Place is null)
        {
            return false;
        }

        Dequeue(pool, ticket);
        StartInTurn(now, ref effects); // it may have been its turn
        return true;
    }

    /// <summary>An instance has finished an invocation.</summary>
    /// <param name="usable">Whether it can serve another.</param>
    public void Release(Slot slot, TimeSpan duration, bool usable, TimeSpan now, ref FleetEffects effects)
    {
        slot.Pool.History.Measured(duration);
        slot.Pool.LastHad = now;
        LeavePlace(slot);
        slot.Leaves ??= !usable ? StopReason.Unusable : IsExcess(slot) ? StopReason.Unprovisioned : GivesWay(slot, now) ? StopReason.GaveWay : null;
        if (slot.Leaves is { } reason)
        {
            RemoveWhenEmpty(slot, reason, ref effects);
        }
        else
        {
            Serve(slot, now, ref effects);
        }

        StartInTurn(now, ref effects);
    }

    /// <summary>Drops an instance that was taken and turned out to be of no use any more.</summary>
    public void Discard(Slot slot, TimeSpan now, ref FleetEffects effects)
    {
        LeavePlace(slot);
        RemoveWhenEmpty(slot, StopReason.Unusable, ref effects);
        StartInTurn(now, ref effects);
    }

    /// <summary>Gives a free instance to who waits; without any it becomes idle.</summary>
    private void Serve(Slot slot, TimeSpan now, ref FleetEffects effects)
    {
        var pool = slot.Pool;
        while (slot.HasRoom && pool.Waiting.First is { Value: var ticket })
        {
            Dequeue(pool, ticket);
            TakePlace(slot);
            effects.AddGive(ticket, slot);
        }

        if (slot.InFlight > 0)
        {
            return;
        }

        if (pool.Retired)
        {
            Remove(slot, StopReason.Retired, ref effects);
        }
        else
        {
            slot.IdleSince = now;
            Enter(slot, SlotState.Idle);
        }
    }

    private void Dequeue(Pool pool, Ticket ticket)
    {
        pool.Waiting.Remove(ticket.Place!);
        ticket.Place = null;
        Waiting--;
        if (pool.Waiting.Count == 0)
        {
            _queues.Remove(pool);
        }
    }

    private Pool PoolOf(FunctionSpec spec, TimeSpan now)
    {
        if (!_pools.TryGetValue(spec.PoolKey, out var pool))
        {
            if (!_functions.TryGetValue(spec.FunctionArn, out var function))
            {
                if (!_accounts.TryGetValue(spec.Account, out var account))
                {
                    _accounts.Add(spec.Account, account = new AccountShare(spec.Account));
                }

                account.Functions++;
                _functions.Add(spec.FunctionArn, function = new FunctionShare(spec.FunctionArn, account));
            }

            function.Pools++;
            _pools.Add(spec.PoolKey, pool = new Pool(spec, function, _histories.Of(spec, now)));
            pool.History.Pools++;
        }

        return pool;
    }

    /// <summary>Drops a pool that has nothing: an idle function costs no memory but that of its history.</summary>
    private void Forget(Pool pool)
    {
        if (!pool.Empty || _pools.GetValueOrDefault(pool.Spec.PoolKey) != pool)
        {
            return;
        }

        _pools.Remove(pool.Spec.PoolKey);
        pool.History.Pools--;
        if (--pool.Function.Pools == 0)
        {
            _functions.Remove(pool.Function.Arn);
            if (--pool.Account.Functions == 0)
            {
                _accounts.Remove(pool.Account.Account);
            }
        }
    }
}
