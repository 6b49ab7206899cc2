using Petrel.Functions;
using Petrel.Functions.Pools;

namespace Petrel.Functions.Tests.Engine;

/// <summary>Plays the engine for a fleet: does what it decides, keeps its own books, and compares.</summary>
internal sealed class FleetWorld(FleetOptions options)
{
    private readonly List<Slot> _starting = [];
    private readonly Dictionary<Slot, Admission> _busy = [];
    private readonly Dictionary<Ticket, Admission> _waiting = [];
    private readonly HashSet<Slot> _alive = [];
    private readonly int?[] _reserved = new int?[6];
    private TimeSpan _now;

    public Fleet Fleet { get; } = new(options);

    public List<Slot> Stopped { get; } = [];

    public int Refused { get; private set; }

    public int Starting => _starting.Count;

    public int Busy => _busy.Count;

    public int WaitingTickets => _waiting.Count;

    /// <summary>Six pools of three functions, of three sizes.</summary>
    public static FunctionSpec Spec(int pool) => new()
    {
        PoolKey = $"pool{pool}",
        Account = "1",
        Region = "r",
        Name = $"f{pool / 2}",
        FunctionArn = $"arn:{pool / 2}",
        Version = "1",
        Runtime = "x",
        Handler = "x",
        CodeDirectory = "/",
        LogGroup = "g",
        MemoryMb = 200 + (100 * (pool % 3)),
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
                Do((ref FleetEffects e) => Fleet.Provision(Spec(pool), which, _now, ref e));
                break;
            case 8:
                Do((ref FleetEffects e) => Fleet.Retire($"arn:{pool / 2}", new HashSet<string> { $"pool{pool}" }, ref e));
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
        var refusal = Fleet.Admit(Spec(pool), new AdmissionLimits(_reserved[pool], 20), _now, out var admission);
        if (refusal is not null)
        {
            Assert.Equal(before, Fleet.InFlightOf($"arn:{pool / 2}"));
            return;
        }

        Assert.True(_reserved[pool] is not { } reserved || before < reserved);
        while (discard && Fleet.TakeIdle(admission.Pool) is { } useless)
        {
            Do((ref FleetEffects e) => Fleet.Discard(useless, _now, ref e));
        }

        if (Fleet.TakeIdle(admission.Pool) is { } slot)
        {
            Assert.Contains(slot, _alive);
            _busy.Add(slot, admission);
            return;
        }

        var ticket = new Ticket();
        var effects = default(FleetEffects);
        if (Fleet.Wait(admission.Pool, ticket, _now, ref effects))
        {
            _waiting.Add(ticket, admission);
            Apply(effects);
        }
        else
        {
            Fleet.Leave(admission);
        }
    }

    public void FinishStart(int pool) => EndStart(_starting.First(s => s.Pool.Spec.PoolKey == $"pool{pool}"), usable: true);

    public void Finish(int pool, TimeSpan duration) => Finish(_busy.Keys.First(s => s.Pool.Spec.PoolKey == $"pool{pool}"), duration, usable: true);

    public void Advance(TimeSpan by)
    {
        var end = _now + by;
        while (Fleet.NextTick(_now) is { } next && next <= end)
        {
            Assert.True(next > _now, "a tick must move on");
            _now = next;
            Do((ref FleetEffects e) => Fleet.Tick(_now, ref e));
        }

        _now = end;
    }

    /// <summary>Lets everything end: no invocation may be left without an answer, no instance without an end.</summary>
    public void RunOut()
    {
        for (var pool = 0; pool < 6; pool++)
        {
            Do((ref FleetEffects e) => Fleet.Provision(Spec(pool), 0, _now, ref e));
        }

        for (var round = 0; round < 1000 && (_starting.Count > 0 || _busy.Count > 0 || _waiting.Count > 0); round++)
        {
            EndAnyStart(0, 0);
            FinishAny(0, TimeSpan.FromMilliseconds(1), usable: true);
            Advance(TimeSpan.FromMilliseconds(100));
        }

        Advance(options.KeepAlive * 2);
        Assert.Empty(_waiting);
        Assert.Empty(_alive);
        Assert.Equal((0, 0, 0), (Fleet.Instances, Fleet.MemoryMb, Fleet.InFlight));
        Assert.All(Enumerable.Range(0, 6), p => Assert.Null(Fleet.Find($"pool{p}")));
    }

    public void Check()
    {
        Assert.InRange(Fleet.MemoryMb, 0, options.MemoryBudgetMb);
        Assert.Equal(_alive.Sum(s => s.Pool.Spec.MemoryMb), Fleet.MemoryMb);
        Assert.Equal(_alive.Count, Fleet.Instances);
        Assert.Equal(_busy.Count + _waiting.Count, Fleet.InFlight);
        Assert.InRange(_starting.Count, 0, options.StartsAtOnce);
        foreach (var pool in _alive.Select(s => s.Pool).Distinct())
        {
            Assert.True(pool.Idle.Count == 0 || pool.Waiting.Count == 0, "nobody waits while an instance is idle");
            Assert.Equal(_alive.Count(s => s.Pool == pool), pool.Total);
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
                EndStart(slot, usable: milliseconds % 7 != 5);
            }
        }
    }

    private void EndStart(Slot slot, bool usable)
    {
        _starting.Remove(slot);
        Do((ref FleetEffects e) => Fleet.Started(slot, TimeSpan.FromMilliseconds(50), usable, _now, ref e));
    }

    private void FailStart(Slot slot)
    {
        _starting.Remove(slot);
        Ticket? told = null;
        Do((ref FleetEffects e) => told = Fleet.StartFailed(slot, _now, ref e));
        if (told is not null)
        {
            Assert.True(_waiting.Remove(told, out var admission));
            Fleet.Leave(admission);
        }
    }

    private void FinishAny(int which, TimeSpan duration, bool usable)
    {
        if (_busy.Count > 0)
        {
            Finish(_busy.Keys.ElementAt(which % _busy.Count), duration, usable);
        }
    }

    private void Finish(Slot slot, TimeSpan duration, bool usable)
    {
        Assert.True(_busy.Remove(slot, out var admission));
        Do((ref FleetEffects e) => Fleet.Release(slot, duration, usable, _now, ref e));
        Fleet.Leave(admission);
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
        foreach (var slot in effects.Start ?? [])
        {
            Assert.True(_alive.Add(slot));
            _starting.Add(slot);
        }

        foreach (var slot in effects.Stop ?? [])
        {
            Assert.True(_alive.Remove(slot));
            Assert.DoesNotContain(slot, _busy.Keys);
            Assert.DoesNotContain(slot, _starting);
            Stopped.Add(slot);
        }

        foreach (var (ticket, slot) in effects.Give ?? [])
        {
            Assert.Contains(slot, _alive);
            Assert.True(_waiting.Remove(ticket, out var admission));
            Assert.Equal(admission.Pool, slot.Pool);
            _busy.Add(slot, admission);
        }

        foreach (var ticket in effects.Refuse ?? [])
        {
            Assert.True(_waiting.Remove(ticket, out var admission));
            Fleet.Leave(admission);
            Refused++;
        }
    }
}
