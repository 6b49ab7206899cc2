using Petrel.Storage;

namespace Petrel.Tests.Storage;

public abstract partial class StoreSuite
{
    [Fact]
    public async Task Add_SeveralTransactions_Accumulates()
    {
        await WriteAsync(tx => tx.Add(K("n"), 5));
        await WriteAsync(tx =>
        {
            tx.Add(K("n"), -7);
            tx.Add(K("n"), 1);
        });
        Assert.Equal(-1, await Store.ReadAsync(tx => tx.GetCounterAsync(K("n"))));
    }

    [Fact]
    public async Task Add_CounterAndValueOfOneKey_AreApart()
    {
        await WriteAsync(tx =>
        {
            tx.Add(K("n"), 5);
            tx.Put(K("n"), Bytes("value"));
        });
        await WriteAsync(tx => tx.Delete(K("n")));
        Assert.Equal(5, await Store.ReadAsync(tx => tx.GetCounterAsync(K("n"))));
    }

    [Fact]
    public async Task Add_ConcurrentWriters_LosesNothing()
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, 64), async (_, _) => await WriteAsync(tx => tx.Add(K("n"), 1)));
        Assert.Equal(64, await Store.ReadAsync(tx => tx.GetCounterAsync(K("n"))));
    }

    [Fact]
    public async Task Append_SeveralTransactions_ReadsInCommitOrder()
    {
        await WriteAsync(tx =>
        {
            tx.Append(K("log"), Bytes("1"));
            tx.Append(K("log"), Bytes("2"));
        });
        await WriteAsync(tx => tx.Append(K("log"), Bytes("3")));
        var first = await ReadLogAsync("log", LogPosition.Start, 2);
        Assert.Equal(["1", "2"], first.Select(entry => Text(entry.Value)));
        var second = await ReadLogAsync("log", first[^1].Position, 2);
        Assert.Equal(["3"], second.Select(entry => Text(entry.Value)));
        Assert.Empty(await ReadLogAsync("log", second[^1].Position));
    }

    [Fact]
    public async Task Append_LogWhoseKeyBeginsAnother_StaysApart()
    {
        var inner = new Key((byte[])[.. K("log").Bytes.Span, 0]);
        await WriteAsync(tx =>
        {
            tx.Append(K("log"), Bytes("outer"));
            tx.Append(inner, Bytes("inner"));
        });
        Assert.Equal(["outer"], (await ReadLogAsync("log", LogPosition.Start)).Select(entry => Text(entry.Value)));
        await WriteAsync(tx => tx.DeleteRange(new KeyRange(K("log"), inner)));
        Assert.Empty(await ReadLogAsync("log", LogPosition.Start));
        Assert.Single(await Store.ReadAsync(tx => tx.ReadLogAsync(inner, LogPosition.Start, 10)));
    }

    [Fact]
    public async Task TrimLog_ThroughAPosition_KeepsWhatCameAfter()
    {
        await WriteAsync(tx =>
        {
            foreach (var value in (string[])["1", "2", "3"])
            {
                tx.Append(K("log"), Bytes(value));
            }
        });
        var entries = await ReadLogAsync("log", LogPosition.Start);
        await WriteAsync(tx => tx.TrimLog(K("log"), entries[1].Position));
        Assert.Equal(entries[2].Position, Assert.Single(await ReadLogAsync("log", LogPosition.Start)).Position);
        await WriteAsync(tx => tx.TrimLog(K("log"), entries[2].Position));
        await WriteAsync(tx => tx.Append(K("log"), Bytes("4")));
        Assert.True(Assert.Single(await ReadLogAsync("log", entries[2].Position)).Position.CompareTo(entries[2].Position) > 0);
    }

    [Fact]
    public async Task GetLogEnd_OfALog_IsItsNewestEntry()
    {
        Assert.Equal(LogPosition.Start, await Store.ReadAsync(tx => tx.GetLogEndAsync(K("log"))));
        await WriteAsync(tx =>
        {
            tx.Append(K("log"), Bytes("1"));
            tx.Append(K("log"), Bytes("2"));
            tx.Append(K("logs"), Bytes("other"));
        });
        var entries = await ReadLogAsync("log", LogPosition.Start);
        Assert.Equal(entries[1].Position, await Store.ReadAsync(tx => tx.GetLogEndAsync(K("log"))));
        await WriteAsync(tx => tx.TrimLog(K("log"), entries[1].Position));
        Assert.Equal(LogPosition.Start, await Store.ReadAsync(tx => tx.GetLogEndAsync(K("log"))));
    }

    [Fact]
    public async Task Append_ReaderFollowingConcurrentWriters_SkipsNothing()
    {
        const int Writers = 16, Each = 20;
        var writing = Parallel.ForEachAsync(Enumerable.Range(0, Writers), async (writer, _) =>
        {
            for (var i = 0; i < Each; i++)
            {
                await WriteAsync(tx => tx.Append(K("log"), Bytes($"{writer}:{i}")));
            }
        });
        var seen = new List<string>();
        var cursor = LogPosition.Start;
        while (seen.Count < Writers * Each)
        {
            var done = writing.IsCompleted;
            var page = await ReadLogAsync("log", cursor, 7);
            seen.AddRange(page.Select(entry => Text(entry.Value)!));
            cursor = page.Count > 0 ? page[^1].Position : cursor;
            Assert.False(done && page.Count == 0, $"The reader saw {seen.Count} of {Writers * Each} entries.");
            await Task.Yield();
        }

        await writing;
        Assert.Equal(seen.Count, seen.Distinct().Count());
        foreach (var writer in seen.GroupBy(entry => entry.Split(':')[0]))
        {
            Assert.Equal(Enumerable.Range(0, Each), writer.Select(entry => int.Parse(entry.Split(':')[1])));
        }
    }

    [Fact]
    public async Task Signal_AfterCommit_WakesItsSubscribersOnce()
    {
        var woken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var others = 0;
        var topic = $"topic{K("t")}";
        using var subscription = Store.Subscribe(topic, () => woken.TrySetResult());
        using var other = Store.Subscribe(topic + "x", () => others++);
        await WriteAsync(tx => tx.Signal(topic));
        await woken.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(0, others);
    }

    [Fact]
    public async Task Signal_TransactionFails_IsNotFired()
    {
        var fired = 0;
        var topic = $"topic{K("t")}";
        using (Store.Subscribe(topic, () => Interlocked.Increment(ref fired)))
        {
            await Assert.ThrowsAsync<InvalidDataException>(() => WriteAsync(tx =>
            {
                tx.Signal(topic);
                throw new InvalidDataException();
            }));
            await WriteAsync(tx => tx.Put(K("a"), default));
        }

        await WriteAsync(tx => tx.Signal(topic));
        Assert.Equal(0, fired);
    }
}
