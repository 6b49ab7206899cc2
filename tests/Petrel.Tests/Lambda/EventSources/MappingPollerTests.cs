using System.Text.Json;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Store;
using Petrel.Testing;
using Petrel.Tests.Lambda.Invocation;

namespace Petrel.Tests.Lambda.EventSources;

public sealed class MappingPollerTests
{
    private readonly MappingWorld _world = new();

    [Fact]
    public async Task Record_ComesIn_ReachesTheFunctionWithoutTimePassing()
    {
        var mapping = await _world.StartAsync();
        await _world.UntilStateAsync(mapping, MappingStates.Enabled);
        await _world.Stream.AddAsync([("a", 1)]);
        await Eventually.IsTrueAsync(() => _world.Events.Count == 1);
        Assert.Equal([1], _world.Sent);
        Assert.Equal("OK", _world.Pollers.ResultOf(mapping.Key)!.Value.Text);
    }

    [Fact]
    public async Task Latest_RecordsOfBefore_AreNotSent()
    {
        await _world.Stream.AddAsync([("a", 1)]);
        var mapping = await _world.StartAsync(position: "LATEST");
        await _world.UntilStateAsync(mapping, MappingStates.Enabled);
        await _world.Stream.AddAsync([("a", 2)]);
        await Eventually.IsTrueAsync(() => !_world.Events.IsEmpty);
        Assert.Equal([2], _world.Sent);
    }

    [Fact]
    public async Task Records_MoreThanABatch_ComeInBatchesInOrder()
    {
        await _world.Stream.AddAsync(Enumerable.Range(1, 25).Select(i => ($"k{i % 3}", i)));
        await _world.StartAsync(s => s with { BatchSize = 10 });
        await Eventually.IsTrueAsync(() => _world.Sent.Length == 25);
        Assert.Equal([10, 10, 5], _world.Events.Select(sent => MappingWorld.Numbers(sent).Length));
        Assert.Equal(Enumerable.Range(1, 25), _world.Sent);
    }

    [Fact]
    public async Task BatchingWindow_NotOver_WaitsForMore()
    {
        var mapping = await _world.StartAsync(s => s with { WindowSeconds = 20 });
        await _world.UntilStateAsync(mapping, MappingStates.Enabled);
        await _world.Stream.AddAsync([("a", 1)]);
        await _world.Lambda.AdvanceUntilAsync(() => _world.Lambda.Clock.GetUtcNow().Second == 10);
        await _world.Stream.AddAsync([("a", 2)]);
        await _world.Lambda.AdvanceUntilAsync(() => !_world.Events.IsEmpty);
        Assert.Equal([1, 2], _world.Sent);
    }

    [Fact]
    public async Task Filter_RecordsThatDoNotMatch_AreDoneWithoutAnInvocation()
    {
        await _world.Stream.AddAsync(Enumerable.Range(1, 10).Select(i => ("a", i)));
        var mapping = await _world.StartAsync(s => s with { Filters = ["""{"n":[{"numeric":[">",8]}]}""", """{"n":[3]}"""] });
        await Eventually.IsTrueAsync(() => _world.Sent.Length == 3);
        Assert.Equal([3, 9, 10], _world.Sent);
        await _world.Stream.AddAsync([("a", 1), ("a", 2)]);
        await MappingWorld.UntilAsync(async () => await LowAsync(mapping) == 12);
        Assert.Equal(3, _world.Sent.Length);
    }

    [Fact]
    public async Task FunctionFails_BatchIsRetriedUntilItSucceeds_AndTheShardWaits()
    {
        var failures = 3;
        _world.Reply = sent => MappingWorld.Numbers(sent)[0] == 1 && failures-- > 0 ? FunctionAnswer.Error("no") : null;
        await _world.Stream.AddAsync([("a", 1), ("b", 2), ("c", 3)]);
        await _world.StartAsync(s => s with { BatchSize = 2 });
        await _world.Lambda.AdvanceUntilAsync(() => _world.Sent.Contains(3));
        Assert.Equal([1, 2, 1, 2, 1, 2, 1, 2, 3], _world.Sent);
        Assert.Equal(5, _world.Lambda.Engine.Invocations.Select(i => i.Invocation.RequestId).Distinct().Count());
    }

    [Fact]
    public async Task RetriesExhausted_BatchIsGivenUpWithItsRecord()
    {
        _world.Reply = sent => MappingWorld.Numbers(sent)[0] == 1 ? FunctionAnswer.Error("it broke", "ValueError") : null;
        await _world.Stream.AddAsync([("a", 1), ("b", 2), ("c", 3)]);
        var mapping = await _world.StartAsync(s => s with { BatchSize = 2, MaxRetries = 1 });
        await _world.Lambda.AdvanceUntilAsync(() => _world.Sent.Contains(3));
        var failure = Assert.Single(await _world.FailuresAsync(mapping));
        Assert.Equal(("RetryAttemptsExhausted", 2, "ValueError: it broke"), (failure.Condition, failure.Records, failure.Error));
        var record = JsonDocument.Parse(failure.Record).RootElement;
        Assert.Equal(2, record.GetProperty("requestContext").GetProperty("approximateInvokeCount").GetInt32());
        Assert.Equal("Unhandled", record.GetProperty("responseContext").GetProperty("functionError").GetString());
        var batch = record.GetProperty("DDBStreamBatchInfo");
        Assert.Equal(("shard-0", "1", "2", 2), (
            batch.GetProperty("shardId").GetString(),
            batch.GetProperty("startSequenceNumber").GetString(),
            batch.GetProperty("endSequenceNumber").GetString(),
            batch.GetProperty("batchSize").GetInt32()));
        var payload = await _world.Lambda.Store.ReadAsync(tx => FailureStore.GetPayloadAsync(tx, mapping.Id, failure.Id));
        Assert.Equal([1, 2], MappingWorld.Numbers(JsonDocument.Parse(payload).RootElement));
    }

    [Fact]
    public async Task Bisect_OnePoisonRecord_IsGivenUpAlone()
    {
        _world.Reply = sent => MappingWorld.Numbers(sent).Contains(6) ? FunctionAnswer.Error("no") : null;
        await _world.Stream.AddAsync(Enumerable.Range(1, 10).Select(i => ("a", i)));
        var mapping = await _world.StartAsync(s => s with { Bisects = true, MaxRetries = 1 });
        await _world.Lambda.AdvanceUntilAsync(() => _world.Events.Any(sent => MappingWorld.Numbers(sent)[^1] == 10 && !MappingWorld.Numbers(sent).Contains(6)));
        Assert.Equal(1, Assert.Single(await _world.FailuresAsync(mapping)).Records);
        var succeeded = _world.Events.Where(sent => !MappingWorld.Numbers(sent).Contains(6)).SelectMany(MappingWorld.Numbers);
        Assert.Equal([1, 2, 3, 4, 5, 7, 8, 9, 10], succeeded);
    }

    [Fact]
    public async Task PartialFailure_RecordsBeforeIt_AreNotSentAgain()
    {
        var failing = true;
        _world.Reply = sent =>
        {
            var third = sent.GetProperty("Records").EnumerateArray().FirstOrDefault(r => r.GetProperty("n").GetInt32() == 3);
            return failing && third.ValueKind == JsonValueKind.Object
                ? FunctionAnswer.Of($$"""{"batchItemFailures":[{"itemIdentifier":"{{third.GetProperty("sequence").GetString()}}"}]}""")
                : null;
        };
        await _world.Stream.AddAsync(Enumerable.Range(1, 5).Select(i => ("a", i)));
        var mapping = await _world.StartAsync(s => s with { ReportsItemFailures = true });
        await _world.Lambda.AdvanceUntilAsync(() => _world.Events.Count >= 3);
        Assert.Equal(2UL, await LowAsync(mapping));
        failing = false;
        await _world.Lambda.AdvanceUntilAsync(() => _world.Pollers.ResultOf(mapping.Key)!.Value.Text == "OK");
        Assert.Equal([1, 2, 3, 4, 5], MappingWorld.Numbers(_world.Events.First()));
        Assert.All(_world.Events.Skip(1), sent => Assert.Equal([3, 4, 5], MappingWorld.Numbers(sent)));
    }

    [Fact]
    public async Task MaximumAge_OldRecords_AreGivenUpWithoutBeingSent()
    {
        await _world.Stream.AddAsync([("a", 1), ("a", 2)]);
        _world.Lambda.Clock.Advance(TimeSpan.FromSeconds(100));
        await _world.Stream.AddAsync([("a", 3)]);
        var mapping = await _world.StartAsync(s => s with { MaxAgeSeconds = 60 });
        await Eventually.IsTrueAsync(() => _world.Sent.Length == 1);
        Assert.Equal([3], _world.Sent);
        Assert.Equal(("RecordAgeExceeded", 2), (await _world.FailuresAsync(mapping)).Select(f => (f.Condition, f.Records)).Single());
    }

    [Fact]
    public async Task Throttled_Batch_WaitsAndCountsNoRetry()
    {
        await _world.Lambda.AddFunctionAsync(MappingWorld.Function);
        await _world.Stream.AddAsync([("a", 1)]);
        var mapping = await _world.StartAsync(s => s with { MaxRetries = 0 });
        await Eventually.IsTrueAsync(() => _world.Sent.Length == 1);
        var function = await _world.Lambda.AddFunctionAsync(MappingWorld.Function, f => f with { ReservedConcurrency = 0 });
        _world.Lambda.Cache.Forget(function.Key);
        await _world.Stream.AddAsync([("a", 2)]);
        await _world.Lambda.AdvanceUntilAsync(() => _world.Pollers.ResultOf(mapping.Key)!.Value.Text.Contains("throttled", StringComparison.Ordinal));
        for (var i = 0; i < 60; i++)
        {
            _world.Lambda.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        await _world.Lambda.WriteAsync(tx => FunctionStore.Put(tx, function with { ReservedConcurrency = null }));
        await _world.Lambda.AdvanceUntilAsync(() => _world.Sent.Length == 2);
        Assert.Empty(await _world.FailuresAsync(mapping));
    }

    [Fact]
    public async Task Parallelization_KeysRunSideBySide_EachInOrder()
    {
        var (now, most) = (0, 0);
        var waiting = new TaskCompletionSource();
        _world.Lambda.Engine.Script(MappingWorld.Function, async (_, invocation, _) =>
        {
            _world.Events.Enqueue(JsonDocument.Parse(invocation.Payload).RootElement);
            most = Math.Max(most, Interlocked.Increment(ref now));
            if (most >= 3)
            {
                waiting.TrySetResult();
            }

            await waiting.Task;
            Interlocked.Decrement(ref now);
            return FunctionAnswer.Of("null");
        });
        await _world.Stream.AddAsync(Enumerable.Range(1, 200).Select(i => ($"k{i % 20}", i)));
        await _world.StartAsync(s => s with { Parallelization = 4, BatchSize = 10 });
        await Eventually.IsTrueAsync(() => _world.Sent.Length == 200);
        foreach (var ofKey in _world.Sent.GroupBy(n => n % 20))
        {
            Assert.Equal(ofKey.Order(), ofKey);
        }

        Assert.InRange(most, 3, 4);
    }

    [Fact]
    public async Task RoleLosesItsRights_ReadingStopsUntilItHasThemAgain()
    {
        var mapping = await _world.StartAsync();
        await _world.UntilStateAsync(mapping, MappingStates.Enabled);
        await _world.Stream.AddAsync([("a", 1)]);
        await Eventually.IsTrueAsync(() => _world.Sent.Length == 1);
        _world.Access.Allows = false;
        await _world.Lambda.AdvanceUntilAsync(() => _world.Pollers.ResultOf(mapping.Key)!.Value.Text.Contains("role", StringComparison.Ordinal));
        await _world.Stream.AddAsync([("a", 2)]);
        _world.Lambda.Clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal([1], _world.Sent);
        _world.Access.Allows = true;
        await _world.Lambda.AdvanceUntilAsync(() => _world.Sent.Length == 2);
    }

    private async Task<ulong> LowAsync(MappingRecord mapping) =>
        (await _world.Lambda.Store.ReadAsync(tx => CheckpointStore.ListAsync(tx, mapping.Id, 1))) is [var checkpoint] ? checkpoint.Marks.Min() : 0;
}
