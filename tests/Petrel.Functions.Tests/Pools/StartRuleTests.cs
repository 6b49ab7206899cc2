using CsCheck;
using Petrel.Functions;
using Petrel.Functions.Pools;
using Petrel.Functions.Pools.Rules;

namespace Petrel.Functions.Tests.Pools;

/// <summary>The rules by themselves.</summary>
public sealed class StartRuleTests
{
    private static readonly Gen<Demand> Demands =
        from waiting in Gen.Int[1, 2000]
        from busy in Gen.Int[0, 200]
        from starting in Gen.Int[0, 20]
        from concurrency in Gen.Int[1, 64]
        from durationMs in Gen.Int[0, 5000]
        from cpuShare in Gen.Double[0, 1]
        from startMs in Gen.Int[1, 3000]
        from longestMs in Gen.Int[0, 3000]
        select new Demand
        {
            Waiting = waiting,
            Busy = busy,
            Starting = starting,
            Concurrency = concurrency,
            Duration = durationMs == 0 ? null : TimeSpan.FromMilliseconds(durationMs),
            CpuTime = TimeSpan.FromMilliseconds(durationMs) * cpuShare,
            Start = TimeSpan.FromMilliseconds(startMs),
            Longest = TimeSpan.FromMilliseconds(longestMs),
            Processors = 2,
        };

    [Fact]
    public void Decide_WaitIsShorterThanAStart_StartsNone() => Demands.Sample(demand =>
    {
        var wait = StartRule.ExpectedWait(demand, demand.Busy + demand.Starting);
        var known = demand.Duration is not null && demand.Busy + demand.Starting > 0;
        if (known && wait <= demand.Start && demand.Longest < demand.Start)
        {
            Assert.False(StartRule.Starts(StartRule.Decide(demand)));
        }
    });

    [Fact]
    public void Decide_EveryWaitingInvocationHasAStart_StartsNone() => Demands.Sample(demand =>
    {
        var covered = demand with { Starting = (demand.Waiting + demand.Concurrency - 1) / demand.Concurrency };
        Assert.Equal(StartVerdict.Covered, StartRule.Decide(covered));
    });

    [Fact]
    public void Decide_NothingRuns_Starts() => Demands.Sample(demand =>
        Assert.True(StartRule.Starts(StartRule.Decide(demand with { Busy = 0, Starting = 0 }))));

    [Fact]
    public void Decide_MoreInstances_NeverMakeAStartWorthMore() => Demands.Sample(demand =>
    {
        var more = demand with { Busy = demand.Busy + 1 };
        Assert.True(StartRule.Starts(StartRule.Decide(demand)) || !StartRule.Starts(StartRule.Decide(more)));
    });

    [Theory]
    [InlineData(1.0, StartVerdict.ProcessorsBusy)]
    [InlineData(0.01, StartVerdict.StartIsSooner)]
    public void Decide_ManyBusyInstances_StartsMoreOnlyIfTheyWait(double cpuShare, object verdict)
    {
        var demand = new Demand
        {
            Waiting = 500,
            Busy = 20,
            Concurrency = 1,
            Duration = TimeSpan.FromMilliseconds(100),
            CpuTime = TimeSpan.FromMilliseconds(100) * cpuShare,
            Start = TimeSpan.FromMilliseconds(50),
            Processors = 2,
        };
        Assert.Equal(verdict, StartRule.Decide(demand));
    }

    [Fact]
    public void StartTimes_OfSeveralKinds_ExpectTheLastOne()
    {
        var times = new StartTimes();
        Assert.Null(times.Expected);
        times.Add(StartKind.PreStarted, TimeSpan.FromMilliseconds(2));
        times.Add(StartKind.Launched, TimeSpan.FromMilliseconds(80));
        Assert.Equal(TimeSpan.FromMilliseconds(80), times.Expected);
        times.Add(StartKind.PreStarted, TimeSpan.FromMilliseconds(7));
        Assert.Equal(TimeSpan.FromMilliseconds(3), times.Expected);
    }

    [Fact]
    public void Queue_Refuses_ByTheFirstBoundThatIsReached()
    {
        var options = new FleetOptions { MemoryBudgetMb = 1000 };
        var demand = new Demand { Waiting = 100, Concurrency = 1, Duration = TimeSpan.FromSeconds(1), Start = TimeSpan.FromMilliseconds(50), Processors = 2 };
        Assert.Equal(RefusalCause.TooLarge, QueueRule.Decide(demand, 1001, 0, 10, options));
        Assert.Equal(RefusalCause.QueueFull, QueueRule.Decide(demand with { Waiting = options.MaxWaiting }, 128, 0, 1000, options));
        Assert.Equal(RefusalCause.QueueOfNodeFull, QueueRule.Decide(demand, 128, options.MaxWaitingOfNode, 1000, options));
        Assert.Equal(RefusalCause.ExpectedWaitTooLong, QueueRule.Decide(demand, 128, 0, 9, options));
        Assert.Null(QueueRule.Decide(demand, 128, 0, 10, options));
        Assert.Null(QueueRule.Decide(demand with { Duration = null }, 128, 0, 1, options)); // what is not known refuses nobody
    }

    [Fact]
    public void Burst_Allowance_IsNeverExceededInTenSeconds() =>
        Gen.Int[0, 3000].Array[1, 200].Sample(gaps =>
        {
            var allowance = new BurstAllowance();
            var now = TimeSpan.Zero;
            var taken = new List<TimeSpan>();
            foreach (var gap in gaps)
            {
                now += TimeSpan.FromMilliseconds(gap);
                var allowed = allowance.NextAt(5, now) <= now;
                Assert.Equal(allowed, allowance.TryTake(5, now));
                if (allowed)
                {
                    taken.Add(now);
                }
                else
                {
                    now = allowance.NextAt(5, now);
                    Assert.True(allowance.TryTake(5, now));
                    taken.Add(now);
                }

                // What may be used at once, and what is refilled meanwhile.
                Assert.True(taken.Count(t => t > now - TimeSpan.FromSeconds(10)) <= 10);
            }
        });
}
