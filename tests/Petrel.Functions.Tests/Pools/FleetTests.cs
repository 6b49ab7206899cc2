using CsCheck;
using Petrel.Functions;
using Petrel.Functions.Pools;

namespace Petrel.Functions.Tests.Pools;

/// <summary>The fleet's decisions, against a clock that the test turns.</summary>
public sealed class FleetTests
{
    private static readonly FleetOptions Options = new()
    {
        MemoryBudgetMb = 1200,
        KeepAlive = TimeSpan.FromSeconds(10),
        StartsAtOnce = 2,
        MaxStarting = 4,
        MaxWaiting = 5,
        MaxWait = TimeSpan.FromSeconds(5),
        Processors = 2,
    };

    [Fact]
    public void Sequence_OfAnyEvents_KeepsItsPromises() =>
        Gen.Int[0, 11].Select(Gen.Int[0, 7], Gen.Int[0, 3], Gen.Int[1, 3000]).Array[1, 300].Sample(
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
        var world = Warm(TimeSpan.FromMilliseconds(1));
        world.Arrive(0);
        world.Arrive(0);
        Assert.Equal((1, 1, 0), (world.Busy, world.WaitingTickets, world.Starting));
        world.Finish(0, TimeSpan.FromMilliseconds(1));
        Assert.Equal((1, 0), (world.Busy, world.WaitingTickets));
    }

    [Fact]
    public void Wait_LongerThanAStart_GetsAnInstance()
    {
        var world = Warm(TimeSpan.FromMilliseconds(1));
        world.Arrive(0);
        world.Arrive(0);
        Assert.Equal(0, world.Starting);
        world.Advance(TimeSpan.FromMilliseconds(60)); // the running one takes longer than expected
        Assert.Equal(1, world.Starting);
    }

    [Fact]
    public void Wait_SlowFunction_StartsAtOnce()
    {
        var world = Warm(TimeSpan.FromSeconds(1));
        world.Arrive(0);
        world.Arrive(0);
        Assert.Equal(1, world.Starting);
    }

    [Fact]
    public void Tick_AfterTheKeepAlive_EndsIdleInstances()
    {
        var world = Warm(TimeSpan.FromMilliseconds(1));
        world.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(1, world.Fleet.Instances);
        world.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(StopReason.KeepAlive, Assert.Single(world.Stopped).Reason);
        Assert.Null(world.Fleet.Find("pool0")); // and nothing else is left of it
    }

    [Fact]
    public void Tick_IdleForFiftyMilliseconds_FreezesUntilItIsTaken()
    {
        var world = Warm(TimeSpan.FromMilliseconds(1));
        world.Advance(TimeSpan.FromMilliseconds(49));
        Assert.Empty(world.Frozen);
        world.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Single(world.Frozen);
        world.Arrive(0); // the world sees to it that it is thawed
        Assert.Empty(world.Frozen);
        Assert.Equal(1, world.Busy);
    }

    [Fact]
    public void Start_OthersAreSlow_DoesNotWaitForThem()
    {
        var world = new FleetWorld(Options with { MemoryBudgetMb = 10_000 });
        for (var i = 0; i < 3; i++)
        {
            world.Arrive(0);
        }

        world.Arrive(4);
        Assert.Equal(2, world.Starting);
        world.Advance(Options.StartTurn); // both still start: they wait for something, not for a processor
        Assert.Equal(4, world.Starting);
        Assert.Contains(world.Started, s => s.Pool.Spec.PoolKey == "pool4");
    }

    [Fact]
    public void Start_WithoutMemory_EndsTheLongestIdleInstance()
    {
        var world = new FleetWorld(Options with { MemoryBudgetMb = 600 });
        for (var pool = 0; pool < 2; pool++)
        {
            Serve(world, pool, TimeSpan.FromMilliseconds(1));
            world.Advance(TimeSpan.FromSeconds(1));
        }

        world.Arrive(4);
        Assert.Equal(("pool0", StopReason.Evicted), world.Stopped.Select(s => (s.Slot.Pool.Spec.PoolKey, s.Reason)).Single());
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
        Assert.Equal(RefusalCause.WaitedTooLong, world.LastRefusal);
    }

    [Fact]
    public void Wait_WouldTakeTooLong_IsRefusedAtOnce()
    {
        var world = new FleetWorld(Options with { MemoryBudgetMb = 200, MaxExpectedWait = TimeSpan.FromSeconds(2) });
        Serve(world, 0, TimeSpan.FromSeconds(1));
        for (var i = 0; i < 4; i++)
        {
            world.Arrive(0); // one runs; the first two to wait are told to, the third would wait for three seconds
        }

        Assert.Equal(0, world.Refused);
        world.Arrive(0);
        Assert.Equal(RefusalCause.ExpectedWaitTooLong, world.LastRefusal);
        world.Finish(0, TimeSpan.FromSeconds(1));
        world.Arrive(0);
        Assert.Equal(1, world.Refused); // and is taken again as soon as the queue is shorter
    }

    [Fact]
    public void Admit_AccountsShareUsedUp_IsRefused()
    {
        var fleet = new Fleet(Options);
        var limits = new AdmissionLimits(null, AccountUnreserved: 2);
        Assert.Null(fleet.Admit(FleetWorld.Spec(0), limits, TimeSpan.Zero, out _));
        Assert.Null(fleet.Admit(FleetWorld.Spec(2), limits, TimeSpan.Zero, out _));
        Assert.Equal(ThrottleReason.ConcurrentInvocationLimitExceeded, fleet.Admit(FleetWorld.Spec(2), limits, TimeSpan.Zero, out _));
        Assert.Null(fleet.Admit(FleetWorld.Spec(4), limits, TimeSpan.Zero, out _)); // another account
        Assert.Null(fleet.Admit(FleetWorld.Spec(2), new AdmissionLimits(Reserved: 2), TimeSpan.Zero, out _)); // has a share of its own
    }

    [Fact]
    public void Provision_DemandGoesBeyond_SpillsOverAndKeepsTheCount()
    {
        var world = new FleetWorld(Options);
        world.Provision(0, 2);
        world.FinishStart(0);
        world.FinishStart(0);
        for (var i = 0; i < 3; i++)
        {
            world.Arrive(0);
        }

        world.FinishStart(0);
        Assert.Equal([true, true, false], world.Started.Select(s => s.Provisioned));
        for (var i = 0; i < 3; i++)
        {
            world.Finish(0, TimeSpan.FromMilliseconds(1));
        }

        world.Advance(TimeSpan.FromMinutes(1)); // the on-demand one ends, the provisioned ones stay
        Assert.False(Assert.Single(world.Stopped).Slot.Provisioned);
        world.Provision(0, 1);
        Assert.Equal(StopReason.Unprovisioned, world.Stopped[^1].Reason);
        Assert.Equal(1, world.Fleet.Instances);
    }

    [Fact]
    public void Take_SeveralAtATime_FillsOneInstanceBeforeTheNext()
    {
        var world = new FleetWorld(Options);
        Serve(world, 6, TimeSpan.FromSeconds(1));
        for (var i = 0; i < 3; i++)
        {
            world.Arrive(6);
        }

        Assert.Equal((3, 0, 1), (world.Busy, world.WaitingTickets, world.Fleet.Instances));
        world.Arrive(6);
        Assert.Equal((1, 1), (world.WaitingTickets, world.Starting));
    }

    private static FleetWorld Warm(TimeSpan duration)
    {
        var world = new FleetWorld(Options);
        Serve(world, 0, duration);
        return world;
    }

    private static void Serve(FleetWorld world, int pool, TimeSpan duration)
    {
        world.Arrive(pool);
        world.FinishStart(pool);
        world.Finish(pool, duration);
    }
}
