using System.Text.Json;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Store;
using Petrel.Storage.Faults;
using Petrel.Testing;

namespace Petrel.Tests.Lambda.EventSources;

/// <summary>Starts, stops, changes, restarts, faults.</summary>
public sealed class MappingLifeTests
{
    [Fact]
    public async Task Disabled_Mapping_ReadsNothingAndGoesOnWhereItWas()
    {
        var world = new MappingWorld();
        var mapping = await world.StartAsync();
        await world.Stream.AddAsync([("a", 1)]);
        await Eventually.IsTrueAsync(() => world.Sent.Length == 1);
        mapping = await world.ChangeAsync(mapping, m => m with { Enabled = false, State = MappingStates.Disabling });
        await world.UntilStateAsync(mapping, MappingStates.Disabled);
        await world.Stream.AddAsync([("a", 2)]);
        world.Lambda.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal([1], world.Sent);
        mapping = await world.ChangeAsync(mapping, m => m with { Enabled = true, State = MappingStates.Enabling });
        await world.UntilStateAsync(mapping, MappingStates.Enabled);
        await Eventually.IsTrueAsync(() => world.Sent.Length == 2);
        Assert.Equal([1, 2], world.Sent);
    }

    [Fact]
    public async Task Changed_WhileABatchRuns_LetsItEndAndSendsNothingTwice()
    {
        var world = new MappingWorld();
        var end = new TaskCompletionSource();
        world.Lambda.Engine.Script(MappingWorld.Function, async (_, invocation, _) =>
        {
            world.Events.Enqueue(JsonDocument.Parse(invocation.Payload).RootElement);
            await end.Task;
            return FunctionAnswer.Of("null");
        });
        await world.Stream.AddAsync(Enumerable.Range(1, 6).Select(i => ($"k{i}", i)));
        var mapping = await world.StartAsync(s => s with { BatchSize = 2 });
        await Eventually.IsTrueAsync(() => world.Events.Count == 1);
        mapping = await world.ChangeAsync(
            mapping, m => m with { State = MappingStates.Updating, Settings = m.Settings with { BatchSize = 3, Parallelization = 3 } });
        Assert.Equal(MappingStates.Updating, (await world.FindAsync(mapping))!.State);
        end.SetResult();
        await world.UntilStateAsync(mapping, MappingStates.Enabled);
        await Eventually.IsTrueAsync(() => world.Sent.Length == 6);
        Assert.Equal([1, 2, 3, 4, 5, 6], world.Sent.Order());
    }

    [Fact]
    public async Task Deleted_WhileABatchRuns_IsGoneWhenItHasEnded()
    {
        var world = new MappingWorld();
        var end = new TaskCompletionSource();
        world.Lambda.Engine.Script(MappingWorld.Function, async (_, invocation, _) =>
        {
            world.Events.Enqueue(JsonDocument.Parse(invocation.Payload).RootElement);
            await end.Task;
            return FunctionAnswer.Of("null");
        });
        await world.Stream.AddAsync(Enumerable.Range(1, 6).Select(i => ("a", i)));
        var mapping = await world.StartAsync(s => s with { BatchSize = 2 });
        await Eventually.IsTrueAsync(() => world.Events.Count == 1);
        await world.ChangeAsync(mapping, m => m with { State = MappingStates.Deleting, Enabled = false });
        Assert.Equal(MappingStates.Deleting, (await world.FindAsync(mapping))!.State);
        end.SetResult();
        await MappingWorld.UntilAsync(async () => await world.FindAsync(mapping) is null);
        var sent = world.Sent;
        Assert.Equal(Enumerable.Range(1, sent.Length), sent);
        await world.Stream.AddAsync([("a", 7)]);
        world.Lambda.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(sent, world.Sent);
        Assert.Empty(await world.Lambda.Store.ReadAsync(tx => CheckpointStore.ListAsync(tx, mapping.Id, 10)));
        await Eventually.IsTrueAsync(() => world.Pollers.Count == 0);
    }

    [Fact]
    public async Task DaemonStopsInTheMiddle_BatchIsSentAgainAfterTheNextStart()
    {
        var world = new MappingWorld();
        await world.Stream.AddAsync([("a", 1), ("a", 2)]);
        var never = new TaskCompletionSource<FunctionAnswer>();
        world.Lambda.Engine.Script(MappingWorld.Function, (_, invocation, _) =>
        {
            world.Events.Enqueue(JsonDocument.Parse(invocation.Payload).RootElement);
            return world.Events.Count == 1 ? Task.FromResult(FunctionAnswer.Of("null")) : never.Task;
        });
        await world.StartAsync(s => s with { BatchSize = 1 });
        await Eventually.IsTrueAsync(() => world.Events.Count == 2);
        var stopping = world.Pollers.StopAsync(default);
        await world.Lambda.AdvanceUntilAsync(() => stopping.IsCompleted);
        await stopping;

        var next = new MappingWorld(world);
        await next.Pollers.StartAsync(default);
        await Eventually.IsTrueAsync(() => next.Sent.Length == 1);
        Assert.Equal([2], next.Sent);
    }

    [Fact]
    public async Task SecondOwner_TakesTheMapping_FirstWritesNothingMore()
    {
        var first = new MappingWorld();
        var end = new TaskCompletionSource();
        first.Lambda.Engine.Script(MappingWorld.Function, async (_, invocation, _) =>
        {
            first.Events.Enqueue(JsonDocument.Parse(invocation.Payload).RootElement);
            await end.Task;
            return FunctionAnswer.Of("null");
        });
        await first.Stream.AddAsync([("a", 1), ("a", 2)]);
        var mapping = await first.StartAsync(s => s with { BatchSize = 1 });
        await Eventually.IsTrueAsync(() => first.Events.Count == 1);

        var second = new MappingWorld(first);
        await second.Pollers.StartAsync(default);
        await Eventually.IsTrueAsync(() => second.Sent.Length == 2);
        end.SetResult();
        await second.Stream.AddAsync([("a", 3)]);
        await Eventually.IsTrueAsync(() => second.Sent.Length == 3);
        Assert.Equal([1, 2, 3], second.Sent);
        Assert.Equal([1], first.Sent);
        Assert.Equal(MappingStates.Enabled, (await second.FindAsync(mapping))!.State);
    }

    [Fact]
    public async Task StreamGoes_Mapping_IsDisabledAndSaysWhy()
    {
        var world = new MappingWorld();
        var mapping = await world.StartAsync();
        await world.UntilStateAsync(mapping, MappingStates.Enabled);
        world.Stream.Gone = true;
        await world.Lambda.AdvanceUntilAsync(() => world.FindAsync(mapping).AsTask().Result!.State == MappingStates.Disabled);
        Assert.Equal("Stream not found", (await world.FindAsync(mapping))!.Reason);
    }

    [Fact]
    public async Task FunctionGoesAndComesBack_RecordsWaitForIt()
    {
        var world = new MappingWorld();
        var mapping = await world.StartAsync();
        await world.UntilStateAsync(mapping, MappingStates.Enabled);
        await world.Lambda.WriteAsync(tx => FunctionStore.Remove(tx, mapping.Function));
        await world.Stream.AddAsync([("a", 1)]);
        await world.Lambda.AdvanceUntilAsync(() => world.Pollers.ResultOf(mapping.Key)?.Text == "PROBLEM: Function not found");
        Assert.Equal(MappingStates.Enabled, (await world.FindAsync(mapping))!.State);
        await world.Lambda.AddFunctionAsync(MappingWorld.Function);
        await world.Lambda.AdvanceUntilAsync(() => world.Sent.Length == 1);
    }

    [Fact]
    public async Task StreamIsClosed_EverythingIsStillSent()
    {
        var world = new MappingWorld();
        await world.Stream.AddAsync(Enumerable.Range(1, 5).Select(i => ("a", i)));
        world.Stream.Closed = true;
        var mapping = await world.StartAsync(s => s with { BatchSize = 2 });
        await Eventually.IsTrueAsync(() => world.Sent.Length == 5);
        await MappingWorld.UntilAsync(async () =>
            (await world.Lambda.Store.ReadAsync(tx => CheckpointStore.ListAsync(tx, mapping.Id, 1)))[0].Ended);
    }

    [Fact]
    public async Task TenThousandRecords_SeveralShardsAndLanes_EachOnceAndInOrderOfItsKey()
    {
        var world = new MappingWorld(shards: 3);
        await world.StartAsync(s => s with { Parallelization = 4, BatchSize = 50 });
        for (var chunk = 0; chunk < 100; chunk++)
        {
            var from = chunk * 100;
            await world.Stream.AddAsync(Enumerable.Range(from, 100).Select(i => ($"key{i % 97}", i)));
        }

        await Eventually.IsTrueAsync(() => world.Events.Sum(sent => sent.GetProperty("Records").GetArrayLength()) >= 10_000);
        var sent = world.Sent;
        Assert.Equal(Enumerable.Range(0, 10_000), sent.Order());
        foreach (var ofKey in sent.GroupBy(n => n % 97))
        {
            Assert.Equal(ofKey.Order(), ofKey);
        }
    }

    /// <summary>Whichever call of the store fails, before it or after it, everything is sent, each key in order.</summary>
    [Theory]
    [InlineData(FaultKind.BeforeIt)]
    [InlineData(FaultKind.AfterIt)]
    public async Task StoreFails_AtAnyCall_NothingIsLost(FaultKind kind)
    {
        for (var call = 1; call <= 30; call++)
        {
            var plan = FaultPlan.None;
            FaultInjectingStore? faulty = null;
            var world = new MappingWorld(wrap: store => faulty = new FaultInjectingStore(store, plan));
            world.Reply = sent => MappingWorld.Numbers(sent).Contains(4) ? FunctionAnswer.Error("no") : null;
            await world.Stream.AddAsync(Enumerable.Range(1, 8).Select(i => ($"k{i % 2}", i)));
            faulty!.Plan = FaultPlan.Fail(call, kind);
            var mapping = await world.StartAsync(s => s with { BatchSize = 2, Bisects = true, MaxRetries = 0, Parallelization = 2 });
            await world.Lambda.AdvanceUntilAsync(() => world.Events.SelectMany(MappingWorld.Numbers).Distinct().Count() == 8);
            await MappingWorld.UntilAsync(async () => (await world.FailuresAsync(mapping)).Count == 1);
            Assert.Equal(1, (await world.FailuresAsync(mapping))[0].Records);
            foreach (var ofKey in world.Events.Where(sent => !MappingWorld.Numbers(sent).Contains(4)).SelectMany(MappingWorld.Numbers).GroupBy(n => n % 2))
            {
                Assert.Equal(ofKey.Order(), ofKey);
            }
        }
    }

    [Fact]
    public async Task SignalsAreLost_RecordsAreFoundByLooking()
    {
        var world = new MappingWorld(wrap: store => new FaultInjectingStore(store, FaultPlan.SignalsLost));
        var mapping = await world.StartAsync();
        await world.UntilStateAsync(mapping, MappingStates.Enabled);
        await world.Stream.AddAsync([("a", 1)]);
        await world.Lambda.AdvanceUntilAsync(() => world.Sent.Length == 1);
    }
}
