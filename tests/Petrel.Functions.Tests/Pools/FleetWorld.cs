using Petrel.Functions;
using Petrel.Functions.Pools;
using Petrel.Functions.Pools.Rules;

namespace Petrel.Functions.Tests.Pools;

/// <summary>Plays the engine for a fleet: does what it decides, keeps its own books in the plainest way, and compares.</summary>
internal sealed class FleetWorld(FleetOptions options)
{
    private const int PoolCount = 8;
    private readonly List<Slot> _starting = [];
    private readonly Dictionary<Slot, TimeSpan> _startedAt = [];
    private readonly List<Running> _running = [];
    private readonly Dictionary<Ticket, Admission> _waiting = [];
    private readonly Dictionary<Ticket, TimeSpan> _since = [];
    private readonly HashSet<Slot> _alive = [];
    private readonly HashSet<Slot> _frozen = [];
    private readonly int[] _provisioned = new int[PoolCount];
    private readonly int?[] _reserved = new int?[PoolCount];

    public Fleet Fleet { get; } = new(options);

    public TimeSpan Now { get; private set; }

    public List<(Slot Slot, StopReason Reason)> Stopped { get; } = [];

    public List<Slot> Started { get; } = [];

    public int Refused { get; private set; }

    public RefusalCause? LastRefusal { get; private set; }

    public int Starting => _starting.Count;

    public int Busy => _running.Count;

    public int WaitingTickets => _waiting.Count;

    private int Computing => _starting.Count(s => Now - _startedAt[s] < options.StartTurn);

    public IReadOnlySet<Slot> Frozen => _frozen;

    /// <summary>Eight pools of four functions of two accounts, of three sizes; the last function's instances take three invocations at a time.</summary>
    public static FunctionSpec Spec(int pool) => new()
    {
        PoolKey = $"pool{pool}",
        Account = $"account{pool / 4}",
        Region = "r",
        Name = $"f{pool / 2}",
        FunctionArn = $"arn:{pool / 2}",
        Version = "1",
        Runtime = "x",
        Handler = "x",
        CodeDirectory = "/",
        LogGroup = "g",
        MemoryMb = 200 + (100 * (pool % 3)),
        InstanceConcurrency = pool / 2 == 3 ? 3 : 1,
    };

    public void Step(int what, int pool, int which, int milliseconds)
    {
        switch (what)
        {
            case 0 or 1 or 2:
                Arrive(pool, discard: what == 2 && which == 2);
                break;
            case 3 or 4:
                FinishAny(which, TimeSpan.FromMilliseconds(milliseconds), usable: which != 3);
                break;
            case 5:
                EndAnyStart(which, milliseconds);
                break;
            case 6:
                Advance(TimeSpan.FromMilliseconds(milliseconds));
                break;
            case 7:
                Provision(pool, which);
                break;
            case 8 when which == 0:
                Retire(pool);
                break;
            case 8 or 9:
                AbandonAny(which);
                break;
            case 10:
                LoseAnIdle(which);
                break;
            default:
                _reserved[pool / 2 * 2] = _reserved[(pool / 2 * 2) + 1] = which == 0 ? null : which;
                break;
        }
    }

    /// <param name="discard">Whether idle instances turn out to be of no use.</param>
    public void Arrive(int pool, bool discard = false)
    {
        var before = Fleet.InFlightOf($"arn:{pool / 2}");
        var refusal = Fleet.Admit(Spec(pool), new AdmissionLimits(_reserved[pool], 20), Now, out var admission);
        if (refusal is not null)
        {
            Assert.Equal(before, Fleet.InFlightOf($"arn:{pool / 2}"));
            return;
        }

        Assert.True(_reserved[pool] is not { } reserved || before < reserved);
        while (discard && Take(admission) is { } useless)
        {
            Do((ref FleetEffects e) => Fleet.Discard(useless, Now, ref e));
        }

        if (Take(admission) is { } slot)
        {
            _running.Add(new Running(slot, admission));
            return;
        }

        Wait(admission);
    }

    public void Provision(int pool, int instances)
    {
        _provisioned[pool] = instances;
        Do((ref FleetEffects e) => Fleet.Provision(Spec(pool), instances, Now, ref e));
    }

    public void FinishStart(int pool, int milliseconds = 50) =>
        EndStart(_starting.First(s => s.Pool.Spec.PoolKey == $"pool{pool}"), usable: true, TimeSpan.FromMilliseconds(milliseconds));

    public void Finish(int pool, TimeSpan duration) =>
        Finish(_running.First(r => r.Slot.Pool.Spec.PoolKey == $"pool{pool}"), duration, usable: true);

    public int BusyOf(int pool) => _running.Count(r => r.Slot.Pool.Spec.PoolKey == $"pool{pool}");

    public void Advance(TimeSpan by)
    {
        var end = Now + by;
        while (Fleet.NextTick(Now) is { } next && next <= end)
        {
            Assert.True(next > Now, "a tick must move on");
            Now = next;
            Do((ref FleetEffects e) => Fleet.Tick(Now, ref e));
            Assert.All(_since, s => Assert.True(Now - s.Value < options.MaxWait, "nobody waits for longer than the bound"));
        }

        Now = end;
    }

    /// <summary>Lets everything end: no invocation may be left without an answer, no instance without an end.</summary>
    public void RunOut()
    {
        for (var pool = 0; pool < PoolCount; pool++)
        {
            Provision(pool, 0);
        }

        for (var round = 0; round < 1000 && (_starting.Count > 0 || _running.Count > 0 || _waiting.Count > 0); round++)
        {
            EndAnyStart(0, 0);
            FinishAny(0, TimeSpan.FromMilliseconds(1), usable: true);
            Advance(TimeSpan.FromMilliseconds(100));
        }

        while (Fleet.NextTick(Now) is { } next)
        {
            Advance(next - Now);
            EndAnyStart(0, 0); // of those made for expected invocations
        }

        Assert.Empty(_waiting);
        Assert.Empty(_alive);
        Assert.Equal((0, 0, 0, 0, 0), (Fleet.Instances, Fleet.MemoryMb, Fleet.InFlight, Fleet.Waiting, Fleet.Starting));
        Assert.All(Enumerable.Range(0, PoolCount), p => Assert.Null(Fleet.Find($"pool{p}")));
    }

    public void Check()
    {
        Assert.InRange(Fleet.MemoryMb, 0, options.MemoryBudgetMb);
        Assert.Equal(_alive.Sum(s => s.Pool.Spec.MemoryMb), Fleet.MemoryMb);
        Assert.Equal(_alive.Count, Fleet.Instances);
        Assert.Equal(Started.Count, Stopped.Count + _alive.Count);
        Assert.Equal(_running.Count + _waiting.Count, Fleet.InFlight);
        Assert.Equal(_waiting.Count, Fleet.Waiting);
        Assert.InRange(Computing, 0, options.StartsAtOnce);
        Assert.InRange(_starting.Count, 0, options.MaxStarting);
        Assert.All(_running.GroupBy(r => r.Slot), g => Assert.Equal(g.Count(), g.Key.InFlight));
        Assert.All(_running, r => Assert.DoesNotContain(r.Slot, _frozen));
        foreach (var pool in Enumerable.Range(0, PoolCount).Select(p => Fleet.Find($"pool{p}")).OfType<Pool>())
        {
            CheckPool(pool);
        }
    }

    private void CheckPool(Pool pool)
    {
        var slots = _alive.Where(s => s.Pool == pool).ToList();
        Assert.Equal(slots.Count, pool.Total);
        Assert.True(pool.Waiting.Count == 0 || (pool.IdleCount == 0 && !slots.Exists(s => s is { State: SlotState.Busy, HasRoom: true })),
            "nobody waits while an instance has room");

        // Provisioned: never more than asked for but those that still run something; fewer only while memory, starts, a failure, or invocations
        // that wait for memory themselves, hold it up.
        var target = _provisioned[int.Parse(pool.Spec.PoolKey["pool".Length..])];
        var provisioned = slots.Where(s => s.Provisioned).ToList();
        Assert.Equal(provisioned.Count, pool.Provisioned.Count);
        Assert.Equal(provisioned.Count(s => s.State is SlotState.Idle or SlotState.Busy), pool.Provisioned.Ready);
        Assert.True(provisioned.Count(s => s.State == SlotState.Idle) <= target);
        var held = Fleet.MemoryMb - _alive.Where(s => s is { State: SlotState.Idle, Provisioned: false }).Sum(s => s.Pool.Spec.MemoryMb);
        Assert.True(
            provisioned.Count >= target || Now < pool.Provisioned.RetryAt || Computing == options.StartsAtOnce || _starting.Count == options.MaxStarting || _waiting.Count > 0
                || held + pool.Spec.MemoryMb > options.MemoryBudgetMb,
            "what is asked for is made as soon as it can be");
    }

    private Slot? Take(Admission admission)
    {
        var slot = Fleet.Take(admission.Pool, out var thaw);
        if (slot is not null)
        {
            Assert.Contains(slot, _alive);
            Assert.Equal(thaw, _frozen.Remove(slot)); // what is frozen gets no work without being thawed
        }

        return slot;
    }

    private void Wait(Admission admission)
    {
        var ticket = new Ticket();
        var effects = default(FleetEffects);
        _waiting.Add(ticket, admission);
        _since.Add(ticket, Now);
        LastRefusal = Fleet.Wait(admission.Pool, ticket, Now, ref effects);
        if (LastRefusal is not null)
        {
            Refused++;
            Forget(ticket);
        }
        else
        {
            Apply(effects);
        }
    }

    private void Retire(int pool)
    {
        for (var other = pool / 2 * 2; other < (pool / 2 * 2) + 2; other++)
        {
            _provisioned[other] = other == pool ? _provisioned[other] : 0;
        }

        Do((ref FleetEffects e) => Fleet.Retire($"arn:{pool / 2}", new HashSet<string> { $"pool{pool}" }, Now, ref e));
    }

    private void AbandonAny(int which)
    {
        if (_waiting.Count > 0)
        {
            var (ticket, admission) = _waiting.ElementAt(which % _waiting.Count);
            Do((ref FleetEffects e) => Assert.True(Fleet.Abandon(admission.Pool, ticket, Now, ref e)));
            Do((ref FleetEffects e) => Assert.False(Fleet.Abandon(admission.Pool, ticket, Now, ref e)));
            Forget(ticket);
        }
    }

    private void LoseAnIdle(int which)
    {
        var idle = _alive.Where(s => s.State == SlotState.Idle).ToList();
        if (idle.Count > 0)
        {
            Do((ref FleetEffects e) => Fleet.Lost(idle[which % idle.Count], Now, ref e));
        }
    }

    private void EndAnyStart(int which, int milliseconds)
    {
        if (_starting.Count > 0)
        {
            var slot = _starting[which % _starting.Count];
            if (milliseconds % 7 == 6)
            {
                FailStart(slot);
            }
            else
            {
                EndStart(slot, usable: milliseconds % 7 != 5, TimeSpan.FromMilliseconds(50));
            }
        }
    }

    private void EndStart(Slot slot, bool usable, TimeSpan took)
    {
        _starting.Remove(slot);
        Do((ref FleetEffects e) => Fleet.Started(slot, StartKind.Launched, took, usable, Now, ref e));
    }

    private void FailStart(Slot slot)
    {
        _starting.Remove(slot);
        Ticket? told = null;
        Do((ref FleetEffects e) => told = Fleet.StartFailed(slot, Now, ref e));
        if (told is not null)
        {
            Forget(told);
        }
    }

    private void FinishAny(int which, TimeSpan duration, bool usable)
    {
        if (_running.Count > 0)
        {
            Finish(_running[which % _running.Count], duration, usable);
        }
    }

    private void Finish(Running running, TimeSpan duration, bool usable)
    {
        Assert.True(_running.Remove(running));
        Do((ref FleetEffects e) => Fleet.Release(running.Slot, duration, usable, Now, ref e));
        Fleet.Leave(running.Admission, Now);
    }

    private void Forget(Ticket ticket)
    {
        Assert.True(_waiting.Remove(ticket, out var admission));
        _since.Remove(ticket);
        Fleet.Leave(admission, Now);
    }

    private delegate void Decision(ref FleetEffects effects);

    private void Do(Decision decision)
    {
        var effects = default(FleetEffects);
        decision(ref effects);
        Apply(effects);
    }

    private void Apply(FleetEffects effects)
    {
        foreach (var (ticket, slot) in effects.Give ?? [])
        {
            Assert.Contains(slot, _alive);
            Assert.DoesNotContain(slot, _frozen);
            Assert.True(_waiting.Remove(ticket, out var admission));
            _since.Remove(ticket);
            Assert.Equal(admission.Pool, slot.Pool);
            _running.Add(new Running(slot, admission));
        }

        foreach (var ticket in effects.Refuse ?? [])
        {
            LastRefusal = RefusalCause.WaitedTooLong;
            Refused++;
            Forget(ticket);
        }

        foreach (var slot in effects.Start ?? [])
        {
            Assert.True(_alive.Add(slot));
            _starting.Add(slot);
            _startedAt[slot] = Now;
            Started.Add(slot);
        }

        foreach (var (slot, reason) in effects.Stop ?? [])
        {
            Assert.True(_alive.Remove(slot));
            Assert.DoesNotContain(slot, _running.Select(r => r.Slot));
            Assert.DoesNotContain(slot, _starting);
            _frozen.Remove(slot);
            Stopped.Add((slot, reason));
        }

        foreach (var slot in effects.Freeze ?? [])
        {
            Assert.True(_alive.Contains(slot) ? _frozen.Add(slot) : slot.State == SlotState.Gone);
        }
    }

    private sealed record Running(Slot Slot, Admission Admission);
}
