using CsCheck;
using Petrel.Functions.Pools;

namespace Petrel.Functions.Tests.Pools;

/// <summary>When there is not enough for all, every account and every function gets its turn.</summary>
public sealed class FairnessTests
{
    private static readonly FleetOptions Options = new()
    {
        MemoryBudgetMb = 1000,
        StartsAtOnce = 4,
        MaxWaiting = 500,
        MaxWait = TimeSpan.FromMinutes(1),
        MaxExpectedWait = TimeSpan.FromMinutes(1),
    };

    private static readonly TimeSpan Work = TimeSpan.FromMilliseconds(50);

    [Fact]
    public void Burst_TakesAllMemory_AnotherAccountIsServedAfterOneInvocationAndAStart()
    {
        var world = Flooded(pool: 0, invocations: 20);
        Assert.Equal(5, world.BusyOf(0)); // five times 200 MB
        world.Arrive(4);
        Assert.Equal(0, world.Starting);
        world.Finish(0, Work);
        Assert.Equal(0, world.Starting); // 300 MB are needed, 200 are free
        world.Finish(0, Work);
        Assert.Equal([StopReason.GaveWay, StopReason.GaveWay], world.Stopped.Select(s => s.Reason));
        world.FinishStart(4);
        Assert.Equal((1, 3), (world.BusyOf(4), world.BusyOf(0)));
    }

    [Fact]
    public void Burst_OfTwoAccounts_SharesMemoryEvenly()
    {
        var world = Flooded(pool: 0, invocations: 20);
        for (var i = 0; i < 19; i++)
        {
            world.Arrive(6); // its instances are as large, and take three invocations each
        }

        for (var round = 0; round < 100 && world.WaitingTickets > 0; round++)
        {
            world.Finish(0, Work);
            while (world.Starting > 0)
            {
                world.FinishStart(world.Starting > 0 && StartsOf(world, 6) ? 6 : 0);
            }

            if (world.BusyOf(6) >= 6)
            {
                break;
            }
        }

        Assert.InRange(world.BusyOf(0), 2, 3);
        Assert.Equal(6, world.BusyOf(6)); // two instances
    }

    [Fact]
    public void Waiting_WithNothingAtAll_GetsAnInstanceAfterTheQuantum()
    {
        var world = new FleetWorld(Options with { MemoryBudgetMb = 200, Quantum = TimeSpan.FromMilliseconds(300) }); // memory for one instance
        for (var i = 0; i < 20; i++)
        {
            world.Arrive(0);
        }

        world.FinishStart(0);
        world.Arrive(6);
        for (var i = 0; i < 10; i++)
        {
            world.Advance(Work);
            if (world.BusyOf(0) > 0)
            {
                world.Finish(0, Work);
            }
        }

        Assert.Equal(StopReason.GaveWay, Assert.Single(world.Stopped).Reason);
        world.FinishStart(6);
        Assert.Equal(1, world.BusyOf(6));
        Assert.True(world.WaitingTickets > 0);
    }

    /// <summary>Any mix of functions that always have something to do: none of them waits for long while others are served.</summary>
    [Fact]
    public void Mix_OfGreedyFunctions_StarvesNone() =>
        Gen.Int[0, 7].Array[2, 8].Select(Gen.Int[600, 2000]).Sample(
            (pools, budget) =>
            {
                var world = new FleetWorld(Options with { MemoryBudgetMb = budget });
                var served = new int[8];
                var greedy = pools.Distinct().ToList();
                for (var round = 0; round < 1500; round++)
                {
                    foreach (var pool in greedy.Where(p => (world.Fleet.Find($"pool{p}")?.Waiting.Count ?? 0) < 3))
                    {
                        world.Arrive(pool);
                    }

                    world.Advance(TimeSpan.FromMilliseconds(10));
                    foreach (var pool in greedy)
                    {
                        while (StartsOf(world, pool))
                        {
                            world.FinishStart(pool, milliseconds: 10);
                        }

                        if (round % 5 == 0 && world.BusyOf(pool) > 0)
                        {
                            world.Finish(pool, Work);
                            served[pool]++;
                        }
                    }

                    world.Check();
                }

                Assert.All(greedy, pool => Assert.True(served[pool] >= 4, $"pool {pool} of {string.Join(',', greedy)} was served {served[pool]} times"));
            },
            iter: 100);

    private static bool StartsOf(FleetWorld world, int pool) => world.Fleet.Find($"pool{pool}")?.Starting > 0;

    private static FleetWorld Flooded(int pool, int invocations)
    {
        var world = new FleetWorld(Options);
        for (var i = 0; i < invocations; i++)
        {
            world.Arrive(pool);
        }

        while (world.Starting > 0)
        {
            world.FinishStart(pool, milliseconds: 1);
        }

        return world;
    }
}
