using System.Text.Json;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Testing;

namespace Petrel.Tests.Lambda.EventSources;

public sealed class TumblingWindowTests
{
    private readonly MappingWorld _world = new();

    [Fact]
    public async Task Window_SeveralBatches_StateGoesFromOneToTheNextAndEndsWithIt()
    {
        _world.Reply = Sum;
        await _world.Stream.AddAsync(Enumerable.Range(1, 5).Select(i => ("a", i)));
        await _world.StartAsync(s => s with { BatchSize = 2, TumblingSeconds = 60 });
        await Eventually.IsTrueAsync(() => _world.Sent.Length == 5);
        Assert.Equal([0, 3, 10], _world.Events.Select(StateOf));
        var first = _world.Events.First();
        Assert.Equal(("2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z"), (
            first.GetProperty("window").GetProperty("start").GetString(), first.GetProperty("window").GetProperty("end").GetString()));
        Assert.Equal(("shard-0", FakeStream.Arn, false), (
            first.GetProperty("shardId").GetString(),
            first.GetProperty("eventSourceARN").GetString(),
            first.GetProperty("isFinalInvokeForWindow").GetBoolean()));
        await _world.Lambda.AdvanceUntilAsync(() => _world.Events.Count == 4);
        var last = _world.Events.Last();
        Assert.Equal((true, false, 15), (
            last.GetProperty("isFinalInvokeForWindow").GetBoolean(), last.GetProperty("isWindowTerminatedEarly").GetBoolean(), StateOf(last)));
        Assert.Empty(MappingWorld.Numbers(last));
    }

    [Fact]
    public async Task Window_RecordOfTheNext_BeginsANewState()
    {
        _world.Reply = Sum;
        await _world.Stream.AddAsync([("a", 1)]);
        _world.Lambda.Clock.Advance(TimeSpan.FromSeconds(70));
        await _world.Stream.AddAsync([("a", 2)]);
        await _world.StartAsync(s => s with { TumblingSeconds = 60 });
        await Eventually.IsTrueAsync(() => _world.Events.Count == 3);
        Assert.Equal([(false, 0), (true, 1), (false, 0)], _world.Events.Select(e => (e.GetProperty("isFinalInvokeForWindow").GetBoolean(), StateOf(e))));
    }

    [Fact]
    public async Task Window_StateTooLarge_EndsEarly()
    {
        _world.Reply = sent => MappingWorld.Numbers(sent) is [1]
            ? FunctionAnswer.Of($$$"""{"state":{"text":"{{{new string((char)120, 1_100_000)}}}"}}""")
            : null;
        await _world.Stream.AddAsync([("a", 1), ("a", 2)]);
        await _world.StartAsync(s => s with { BatchSize = 1, TumblingSeconds = 60 });
        await Eventually.IsTrueAsync(() => _world.Events.Count == 3);
        Assert.Equal([(false, false), (true, true), (false, false)], _world.Events.Select(e => (
            e.GetProperty("isFinalInvokeForWindow").GetBoolean(), e.GetProperty("isWindowTerminatedEarly").GetBoolean())));
    }

    [Fact]
    public async Task Window_AfterARestart_GoesOnWithItsState()
    {
        _world.Reply = Sum;
        await _world.Stream.AddAsync([("a", 1), ("a", 2)]);
        await _world.StartAsync(s => s with { TumblingSeconds = 60 });
        await Eventually.IsTrueAsync(() => _world.Sent.Length == 2);
        await _world.Pollers.StopAsync(default);
        var next = new MappingWorld(_world) { Reply = Sum };
        await next.Pollers.StartAsync(default);
        await next.Stream.AddAsync([("a", 4)]);
        await Eventually.IsTrueAsync(() => next.Sent.Length == 1);
        Assert.Equal(3, StateOf(next.Events.Single()));
    }

    private static int StateOf(JsonElement sent) =>
        sent.GetProperty("state").TryGetProperty("sum", out var sum) ? sum.GetInt32() : 0;

    private static FunctionAnswer Sum(JsonElement sent) =>
        FunctionAnswer.Of($$$"""{"state":{"sum":{{{StateOf(sent) + MappingWorld.Numbers(sent).Sum()}}}}}""");
}
