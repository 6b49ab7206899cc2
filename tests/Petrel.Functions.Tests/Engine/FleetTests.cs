using CsCheck;
using Petrel.Functions;
using Petrel.Functions.Pools;

namespace Petrel.Functions.Tests.Engine;

/// <summary>The fleet's decisions, against a clock that the test turns.</summary>
public sealed class FleetTests
{
    private static readonly FleetOptions Options = new()
    {
        MemoryBudgetMb = 1000,
        KeepAlive = TimeSpan.FromSeconds(10),
        StartsAtOnce = 3,
        MaxWaiting = 5,
        MaxWait = TimeSpan.FromSeconds(5),
    };

    [Fact]
    public void Sequence_OfAnyEvents_KeepsItsPromises() =>
        Gen.Int[0, 9].Select(Gen.Int[0, 5], Gen.Int[0, 3], Gen.Int[1, 3000]).Array[1, 300].Sample(
            steps =>
            {
                var world = new FleetWorld(Options);
                foreach (var (what, pool, which, milliseconds) in steps)
                {
                    world.Step(what, pool, which, milliseconds);
                    world.Check();
                }

                world.RunOut();
            },
            iter: 2000);

    [Fact]
    public void Wait_FastFunction_IsServedByTheRunningInstance()
    {
        var world = new FleetWorld(Options);
        world.Arrive(0);
        world.FinishStart(0);
        world.Finish(0, TimeSpan.FromMilliseconds(1));
        world.Arrive(0);
        world.Arrive(0);
        Assert.Equal((1, 1), (world.Busy, world.WaitingTickets));
        Assert.Equal(0, world.Starting);
        world.Finish(0, TimeSpan.FromMilliseconds(1));
        Assert.Equal((1, 0), (world.Busy, world.WaitingTickets));
    }

    [Fact]
    public void Wait_LongerThanAStart_GetsAnInstance()
    {
        var world = new FleetWorld(Options);
        world.Arrive(0);
        world.FinishStart(0);
        world.Finish(0, TimeSpan.FromMilliseconds(1));
        world.Arrive(0);
        world.Arrive(0);
        Assert.Equal(0, world.Starting);
        world.Advance(TimeSpan.FromMilliseconds(60)); // the running one takes longer than expected
        Assert.Equal(1, world.Starting);
    }

    [Fact]
    public void Wait_SlowFunction_StartsAtOnce()
    {
        var world = new FleetWorld(Options);
        world.Arrive(0);
        world.FinishStart(0);
        world.Finish(0, TimeSpan.FromSeconds(1));
        world.Arrive(0);
        world.Arrive(0);
        Assert.Equal(1, world.Starting);
    }

    [Fact]
    public void Tick_AfterTheKeepAlive_EndsIdleInstances()
    {
        var world = new FleetWorld(Options);
        world.Arrive(0);
        world.FinishStart(0);
        world.Finish(0, TimeSpan.FromMilliseconds(1));
        world.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(1, world.Fleet.Instances);
        world.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(0, world.Fleet.Instances);
        Assert.Null(world.Fleet.Find("pool0")); // and nothing else is left of it
    }

    [Fact]
    public void Start_WithoutMemory_EndsTheLongestIdleInstance()
    {
        var world = new FleetWorld(Options with { MemoryBudgetMb = 600 });
        for (var pool = 0; pool < 2; pool++)
        {
            world.Arrive(pool);
            world.FinishStart(pool);
            world.Finish(pool, TimeSpan.FromMilliseconds(1));
            world.Advance(TimeSpan.FromSeconds(1));
        }

        world.Arrive(4);
        Assert.Equal(["pool0"], world.Stopped.Select(s => s.Pool.Spec.PoolKey));
        Assert.Equal(1, world.Starting);
    }

    [Fact]
    public void Wait_NoMemoryForLong_IsRefused()
    {
        var world = new FleetWorld(Options with { MemoryBudgetMb = 300 });
        world.Arrive(0);
        world.FinishStart(0);
        world.Arrive(1);
        Assert.Equal(0, world.Starting);
        world.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(1, world.Refused);
    }

    [Fact]
    public void Admit_AccountsShareUsedUp_IsRefused()
    {
        var fleet = new Fleet(Options);
        var limits = new AdmissionLimits(null, AccountUnreserved: 2);
        Assert.Null(fleet.Admit(FleetWorld.Spec(0), limits, TimeSpan.Zero, out _));
        Assert.Null(fleet.Admit(FleetWorld.Spec(2), limits, TimeSpan.Zero, out _));
        Assert.Equal(ThrottleReason.ConcurrentInvocationLimitExceeded, fleet.Admit(FleetWorld.Spec(4), limits, TimeSpan.Zero, out _));
        Assert.Null(fleet.Admit(FleetWorld.Spec(4), new AdmissionLimits(Reserved: 1), TimeSpan.Zero, out _)); // has a share of its own
    }
}
