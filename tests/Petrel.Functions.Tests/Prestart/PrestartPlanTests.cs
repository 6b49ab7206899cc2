using CsCheck;
using Petrel.Functions.Prestart;

namespace Petrel.Functions.Tests.Prestart;

/// <summary>What holds of every decision about processes that wait.</summary>
public sealed class PrestartPlanTests
{
    private static readonly TimeSpan Now = TimeSpan.FromHours(1);

    private static readonly Gen<StartClass> GenClass =
        from waiting in Gen.Int[0, 6]
        from refilling in Gen.Bool
        from megabytes in Gen.Int[1, 60]
        from refillMs in Gen.Int[10, 2000]
        from count in Gen.Double[0, 300]
        from ageSeconds in Gen.Double[0, 1200]
        from expected in Gen.Int[0, 5]
        from retrySeconds in Gen.Int[-10, 10]
        select new StartClass("")
        {
            Waiting = waiting,
            Refilling = refilling,
            ProcessBytes = (long)megabytes << 20,
            RefillTime = TimeSpan.FromMilliseconds(refillMs),
            Demand = new Demand(count, Now - TimeSpan.FromSeconds(ageSeconds)),
            Expected = expected,
            RetryAt = Now + TimeSpan.FromSeconds(retrySeconds),
        };

    private static readonly Gen<(PrestartState State, PrestartOptions Options)> GenState =
        from classes in GenClass.Array[0, 6]
        from starts in Gen.Int[0, 2]
        from lastStartMs in Gen.Int[0, 400]
        from refillFromMs in Gen.Int[-100, 100]
        from budgetMb in Gen.Int[0, 300]
        select (new PrestartState(
                [.. classes.Select((c, i) => c with { Key = $"class {i}" })], starts, Now - TimeSpan.FromMilliseconds(lastStartMs),
                Now + TimeSpan.FromMilliseconds(refillFromMs)),
            new PrestartOptions { MemoryMb = budgetMb });

    [Fact]
    public void Decide_Anything_StaysWithinTheMemoryBudget() => GenState.Sample((state, options) =>
    {
        var after = Apply(state, PrestartPlan.Decide(state, options, Now));
        Assert.True(after.Classes.Sum(c => (c.Waiting + (c.Refilling && !Before(state, c).Refilling ? 1 : 0)) * c.ProcessBytes) <= (long)options.MemoryMb << 20);
    });

    [Fact]
    public void Decide_Anything_NeverDelaysAStart() => GenState.Sample((state, options) =>
    {
        if (PrestartPlan.Decide(state, options, Now).Start is not { } key)
        {
            return;
        }

        var started = state.Classes.Single(c => c.Key == key);
        Assert.True(state.StartsInProgress == 0 || Now - state.LastStart >= PrestartPlan.Patience);
        Assert.DoesNotContain(state.Classes, c => c.Refilling);
        Assert.True(state.RefillFrom <= Now && started.RetryAt <= Now);
        Assert.True(started.Waiting == 0 || Now - state.LastStart >= options.Quiet);
    });

    [Fact]
    public void Decide_ClassWithoutDemand_IsGivenUp() => GenState.Sample((state, options) =>
    {
        var decision = PrestartPlan.Decide(state, options, Now);
        foreach (var each in state.Classes.Where(c => Now - c.Demand.At > options.Keep || options.MemoryMb == 0))
        {
            Assert.NotEqual(each.Key, decision.Start);
            Assert.Equal(each.Waiting, decision.Stop.Where(s => s.Key == each.Key).Sum(s => s.Count));
            Assert.Equal(!each.Refilling, decision.Forget.Contains(each.Key));
        }
    });

    [Fact]
    public void Decide_NothingHappens_ComesToRest() => GenState.Sample((state, options) =>
    {
        // Everything in progress ends, and nobody asks: starts and stops must not follow one another.
        var at = Now + TimeSpan.FromSeconds(11);
        state = state with { StartsInProgress = 0, Classes = [.. state.Classes.Select(c => c with { Refilling = false })] };
        var stopped = new HashSet<string>();
        for (var step = 0; step < 6 * PrestartPlan.MaxPerClass; step++)
        {
            var decision = PrestartPlan.Decide(state, options, at);
            if (decision is { Start: null, Stop: [], Forget: [] })
            {
                Assert.All(
                    state.Classes.Where(c => c.Waiting == 0), c => Assert.True(state.Classes.Sum(o => o.Waiting * o.ProcessBytes) + c.ProcessBytes > (long)options.MemoryMb << 20));
                return;
            }

            Assert.False(decision.Start is { } start && stopped.Contains(start));
            stopped.UnionWith(decision.Stop.Select(s => s.Key));
            state = Finish(Apply(state, decision));
        }

        Assert.Fail("it goes on starting and stopping");
    });

    [Fact]
    public void Wanted_MoreDemand_IsNeverLess() => Gen.Select(GenClass, Gen.Double[0, 100]).Sample((each, more) =>
    {
        var options = new PrestartOptions();
        var busier = each with { Demand = each.Demand with { Count = each.Demand.Count + more } };
        Assert.True(PrestartPlan.Wanted(busier, options, Now) >= PrestartPlan.Wanted(each, options, Now));
        Assert.InRange(PrestartPlan.Wanted(busier, options, Now), 0, PrestartPlan.MaxPerClass);
    });

    [Fact]
    public void BackOff_MoreFailures_WaitLongerUpToFiveMinutes()
    {
        Assert.Equal([0, 1, 2, 4, 8, 256, 300, 300], new[] { 0, 1, 2, 3, 4, 9, 10, 1000 }.Select(n => (int)PrestartPlan.BackOff(n).TotalSeconds));
    }

    [Theory]
    [InlineData(1, 0.93)]
    [InlineData(5, 0.95)]
    [InlineData(15, 0.95)]
    public void Decide_RandomArrivals_FindSomethingWaiting(double perSecond, double least)
    {
        // A refill takes 60 ms, a hit 5 and a miss 60; a decision is made whenever something happens. The first minute is for learning.
        var world = new PrestartWorld(new Random(1), TimeSpan.FromMilliseconds(60));
        var (hits, misses) = world.Run(perSecond, TimeSpan.FromMinutes(5), from: TimeSpan.FromMinutes(1));
        Assert.True(hits >= least * (hits + misses), $"{hits} hits, {misses} misses");
        Assert.True(world.MostBytes <= 256L << 20);
    }

    private static StartClass Before(PrestartState state, StartClass after) => state.Classes.Single(c => c.Key == after.Key);

    private static PrestartState Apply(PrestartState state, PrestartDecision decision) => state with
    {
        Classes =
        [
            .. state.Classes.Where(c => !decision.Forget.Contains(c.Key)).Select(c => c with
            {
                Waiting = c.Waiting - decision.Stop.Where(s => s.Key == c.Key).Sum(s => s.Count),
                Refilling = c.Refilling || c.Key == decision.Start,
            }),
        ],
    };

    private static PrestartState Finish(PrestartState state) => state with
    {
        Classes = [.. state.Classes.Select(c => c with { Waiting = c.Waiting + (c.Refilling ? 1 : 0), Refilling = false })],
    };
}

/// <summary>One class whose cold starts come at random, in simulated time.</summary>
internal sealed class PrestartWorld(Random random, TimeSpan refillTime)
{
    private static readonly TimeSpan HitTime = TimeSpan.FromMilliseconds(5), Step = TimeSpan.FromMilliseconds(1);

    private readonly PrestartOptions _options = new();
    private readonly List<TimeSpan> _starts = [];
    private StartClass _class = new("one") { ProcessBytes = 10 << 20, RefillTime = refillTime };
    private TimeSpan _refilled = TimeSpan.MaxValue;
    private TimeSpan _lastStart = -TimeSpan.FromHours(1);

    public long MostBytes { get; private set; }

    public (int Hits, int Misses) Run(double perSecond, TimeSpan length, TimeSpan from)
    {
        var (hits, misses) = (0, 0);
        var next = TimeSpan.FromSeconds(-Math.Log(1 - random.NextDouble()) / perSecond);
        for (var now = TimeSpan.Zero; now < length; now += Step)
        {
            if (now >= _refilled)
            {
                (_class, _refilled) = (_class with { Waiting = _class.Waiting + 1, Refilling = false }, TimeSpan.MaxValue);
            }

            if (_starts.RemoveAll(end => end <= now) > 0)
            {
                _lastStart = now;
            }

            while (next <= now)
            {
                var hit = Arrive(now);
                (hits, misses) = now < from ? (0, 0) : hit ? (hits + 1, misses) : (hits, misses + 1);
                next += TimeSpan.FromSeconds(-Math.Log(1 - random.NextDouble()) / perSecond);
            }

            Decide(now);
        }

        return (hits, misses);
    }

    private bool Arrive(TimeSpan now)
    {
        var hit = _class.Waiting > 0;
        _class = _class with { Waiting = _class.Waiting - (hit ? 1 : 0), Demand = _class.Demand.Add(now) };
        _starts.Add(now + (hit ? HitTime : refillTime));
        _lastStart = now;
        return hit;
    }

    private void Decide(TimeSpan now)
    {
        var decision = PrestartPlan.Decide(new PrestartState([_class], _starts.Count, _lastStart, TimeSpan.Zero), _options, now);
        _class = _class with { Waiting = _class.Waiting - decision.Stop.Sum(s => s.Count), Refilling = _class.Refilling || decision.Start is not null };
        if (decision.Start is not null)
        {
            _refilled = now + refillTime;
        }

        MostBytes = Math.Max(MostBytes, (_class.Waiting + (_class.Refilling ? 1 : 0)) * _class.ProcessBytes);
    }
}
