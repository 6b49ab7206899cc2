using System.Text;
using Petrel.Storage;
using Petrel.Storage.Memory;
using Petrel.Testing;

namespace Petrel.Tests.Storage;

public sealed class EventLogOnMemoryTests : EventLogSuite
{
    protected override IStore Store { get; } = new MemoryStore();
}

public sealed class EventLogOnRocksDbTests(RocksDbFixture fixture) : EventLogSuite, IClassFixture<RocksDbFixture>
{
    protected override IStore Store => fixture.Store;
}

/// <summary>What the event log promises, on each engine.</summary>
public abstract class EventLogSuite
{
    private readonly ManualClock _clock = new();
    private readonly EventLogId _log = new(new SystemIdSource().NextId(), 4);

    protected abstract IStore Store { get; }

    private EventLog Log => field ??= new EventLog(Store, _clock);

    [Fact]
    public async Task Read_Shard_GivesItsKeysInOrder()
    {
        for (var i = 0; i < 20; i++)
        {
            await AppendAsync($"key{i % 5}", $"{i}");
        }

        var all = new List<LogEvent>();
        for (var shard = 0; shard < _log.Shards; shard++)
        {
            var events = await Log.ReadAsync(_log, shard, LogPosition.Start, 100);
            Assert.All(events, entry => Assert.Equal(shard, EventLog.ShardOf(_log, entry.Key)));
            all.AddRange(events);
        }

        Assert.Equal(20, all.Count);
        foreach (var key in all.GroupBy(entry => entry.Key))
        {
            var numbers = key.Select(entry => int.Parse(Text(entry))).ToList();
            Assert.Equal(numbers.Order(), numbers);
        }
    }

    [Fact]
    public async Task Read_FromACursor_GoesOnAfterIt()
    {
        foreach (var value in (string[])["1", "2", "3"])
        {
            await AppendAsync("k", value);
        }

        var shard = EventLog.ShardOf(_log, "k");
        var first = await Log.ReadAsync(_log, shard, LogPosition.Start, 2);
        await Store.WriteAsync(tx =>
        {
            Log.SaveCursor(tx, _log, "consumer", shard, first[^1].Position);
            return new ValueTask<int>(0);
        });
        var cursor = await Store.ReadAsync(tx => Log.LoadCursorAsync(tx, _log, "consumer", shard));
        Assert.Equal(["3"], (await Log.ReadAsync(_log, shard, cursor, 10)).Select(Text));
        Assert.Equal(LogPosition.Start, await Store.ReadAsync(tx => Log.LoadCursorAsync(tx, _log, "other", shard)));
    }

    [Fact]
    public async Task Read_Waiting_WakesOnAppend()
    {
        var reading = Log.ReadAsync(_log, EventLog.ShardOf(_log, "k"), LogPosition.Start, 10, TimeSpan.FromSeconds(20));
        await Eventually.IsTrueAsync(() => _clock.WaitingTimers > 0);
        await AppendAsync("k", "1");
        Assert.Single(await reading.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task Trim_OldEntries_KeepsTheYoung()
    {
        await Store.WriteAsync(tx =>
        {
            for (var i = 0; i < 2_500; i++)
            {
                Log.Append(tx, _log, "k", Encoding.UTF8.GetBytes($"{i}"));
            }

            return new ValueTask<int>(0);
        });
        _clock.Advance(TimeSpan.FromHours(2));
        await AppendAsync("k", "young");
        Assert.Equal(2_500, await Log.TrimAsync(_log, TimeSpan.FromHours(1)));
        Assert.Equal(0, await Log.TrimAsync(_log, TimeSpan.FromHours(1)));
        var left = await Log.ReadAsync(_log, EventLog.ShardOf(_log, "k"), LogPosition.Start, 10);
        Assert.Equal(["young"], left.Select(Text));
        Assert.Equal(_clock.GetUtcNow(), left[0].At);
    }

    [Fact]
    public async Task Delete_Log_RemovesEntriesAndCursors()
    {
        await AppendAsync("k", "1");
        await Store.WriteAsync(tx =>
        {
            Log.SaveCursor(tx, _log, "consumer", 0, new LogPosition(7));
            return new ValueTask<int>(0);
        });
        await Store.WriteAsync(tx =>
        {
            Log.Delete(tx, _log);
            return new ValueTask<int>(0);
        });
        Assert.Empty(await Log.ReadAsync(_log, EventLog.ShardOf(_log, "k"), LogPosition.Start, 10));
        Assert.Equal(LogPosition.Start, await Store.ReadAsync(tx => Log.LoadCursorAsync(tx, _log, "consumer", 0)));
    }

    private static string Text(LogEvent entry) => Encoding.UTF8.GetString(entry.Value.Span);

    private async Task AppendAsync(string key, string value) => await Store.WriteAsync(tx =>
    {
        Log.Append(tx, _log, key, Encoding.UTF8.GetBytes(value));
        return new ValueTask<int>(0);
    });
}
