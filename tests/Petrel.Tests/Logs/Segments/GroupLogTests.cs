using System.Text;
using CsCheck;
using Petrel.Server.Services.Logs.Store.Segments;

namespace Petrel.Tests.Logs.Segments;

public sealed class GroupLogTests : IDisposable
{
    private readonly LogFixture _fixture = new();

    private GroupLog Log => _fixture.Log;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Read_LinesOfTwoStreams_AreInTheOrderOfTime()
    {
        var a = Log.OpenStream("a");
        var b = Log.OpenStream("b");
        Log.Append(a, 10, "one");
        Log.Append(b, 30, "three");
        await Log.FlushAsync(toDisk: false);
        Log.Append(a, 20, "two");
        Log.Append(b, 30, "four");
        Assert.Equal(["one", "two", "three", "four"], await _fixture.TextsAsync());
        Assert.Equal(["one", "two"], await _fixture.TextsAsync(new LogQuery { Streams = new HashSet<ulong> { a.Id } }));
        Assert.Equal(["three", "four"], await _fixture.TextsAsync(new LogQuery { Backward = true, Limit = 2 }));
    }

    [Fact]
    public async Task Read_PagesOfAnyShape_GiveWhatANaiveListGives()
    {
        var shapes = Gen.Select(
            Gen.Select(Gen.Long[0, 50], Gen.Int[0, 2], Gen.Bool).List[0, 60],
            Gen.Int[1, 7],
            Gen.Int[60, 400],
            Gen.Bool,
            Gen.Int[-1, 2]);
        await shapes.SampleAsync(
            async (events, limit, maxBytes, backward, only) =>
            {
                using var fixture = new LogFixture(new LogLimits(600, 1 << 20));
                var streams = Enumerable.Range(0, 3).Select(i => fixture.Log.OpenStream($"s{i}")).ToArray();
                for (var i = 0; i < events.Count; i++)
                {
                    fixture.Log.Append(streams[events[i].Item2], events[i].Item1, Line(i));
                    if (events[i].Item3)
                    {
                        await fixture.Log.FlushAsync(toDisk: false);
                    }
                }

                var expected = events
                    .Select((e, i) => (Time: e.Item1, Stream: e.Item2, Text: Line(i)))
                    .Where(e => only < 0 || e.Stream == only)
                    .OrderBy(e => e.Time)
                    .Select(e => e.Text);
                var query = new LogQuery
                {
                    Limit = limit,
                    MaxBytes = maxBytes,
                    Backward = backward,
                    ScanBytes = 100,
                    Streams = only < 0 ? null : new HashSet<ulong> { streams[only].Id },
                };
                var actual = await fixture.AllAsync(query);
                Assert.Equal(expected, actual.Select(e => Encoding.UTF8.GetString(e.Message)));
            },
            iter: 100);

        // Of many sizes, so that pages end by their bytes too.
        static string Line(int number) => $"{number} " + new string('x', number * 37 % 150);
    }

    [Fact]
    public async Task Read_PageOfBytes_EndsBeforeTheLimit()
    {
        var stream = Log.OpenStream("a");
        for (var i = 0; i < 10; i++)
        {
            Log.Append(stream, i, new string('x', 74));
        }

        var page = await Log.ReadAsync(new LogQuery { MaxBytes = 350 });
        Assert.Equal(3, page.Events.Count);
        Assert.Equal(10, (await _fixture.AllAsync(new LogQuery { MaxBytes = 350 })).Count);
    }

    [Fact]
    public async Task Reopen_AfterACrash_HasAllThatWasFlushed()
    {
        var stream = Log.OpenStream("a");
        Log.Append(stream, 1, "kept");
        await Log.FlushAsync(toDisk: false);
        Log.Append(stream, 2, "in the buffer only");
        _fixture.Reopen();
        Assert.Equal(["kept"], await _fixture.TextsAsync());
        Log.Append(Log.OpenStream("b"), 0, "new");
        Assert.Equal(["new", "kept"], await _fixture.TextsAsync());
        Assert.Equal(["a", "b"], (await Log.StreamsAsync()).Select(s => s.Identity.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Reopen_TailTornAnywhere_LosesOnlyTheTornBlock()
    {
        var stream = Log.OpenStream("a");
        Log.Append(stream, 1, "first");
        await Log.FlushAsync(toDisk: false);
        var file = Directory.GetFiles(_fixture.GroupFolder, "*.log").Single();
        var intact = new FileInfo(file).Length;
        Log.Append(stream, 2, "second");
        await Log.FlushAsync(toDisk: false);
        var whole = await File.ReadAllBytesAsync(file);
        for (var length = (int)intact; length < whole.Length; length++)
        {
            await File.WriteAllBytesAsync(file, whole[..length]);
            _fixture.Reopen();
            Assert.Equal(["first"], await _fixture.TextsAsync());
        }

        whole[^1] ^= 1;
        await File.WriteAllBytesAsync(file, whole);
        _fixture.Reopen();
        Assert.Equal(["first"], await _fixture.TextsAsync());
    }

    [Fact]
    public async Task Append_FasterThanTheDisk_DropsAndSaysHowMany()
    {
        using var fixture = new LogFixture(new LogLimits(8 << 20, 64 << 20, BufferBytes: 4_000));
        var gate = new TaskCompletionSource<string?>();
        var log = new GroupLog(new GroupLocation("a", "r", "g", (_, _) => gate.Task), fixture.Limits, new Petrel.Storage.SystemIdSource(), fixture.Clock, fixture.Ticker);
        var stream = log.OpenStream("s");
        for (var i = 0; i < 1_000; i++)
        {
            log.Append(stream, i, $"line {i} " + new string('x', 80));
        }

        gate.SetResult(fixture.GroupFolder);
        var page = await log.ReadAsync(new LogQuery());
        var kept = page.Events.Count - 1;
        Assert.InRange(kept, 10, 50);
        Assert.Contains(page.Events, e => Encoding.UTF8.GetString(e.Message) == $"[petrel] {1_000 - kept} lines were dropped here: they came faster than the disk takes them.");
    }

    [Fact]
    public async Task Append_BeyondTheGroupsSize_DropsTheOldestAndSaysSo()
    {
        using var fixture = new LogFixture(new LogLimits(64 << 10, 256 << 10));
        var stream = fixture.Log.OpenStream("s");
        for (var i = 0; i < 4_000; i++)
        {
            fixture.Log.Append(stream, i, $"{i:D5} " + new string('x', 200));
            if (i % 100 == 0)
            {
                await fixture.Log.FlushAsync(toDisk: false);
            }
        }

        await fixture.Log.FlushAsync(toDisk: false);
        Assert.InRange(Directory.GetFiles(fixture.GroupFolder, "*.log").Sum(f => new FileInfo(f).Length), 128 << 10, 340 << 10);
        var texts = await fixture.TextsAsync(new LogQuery { Backward = true, Limit = 10_000 });
        Assert.Contains(texts, t => t.StartsWith("[petrel] The log group reached its size", StringComparison.Ordinal));
        Assert.Contains(texts, t => t.StartsWith("03999", StringComparison.Ordinal));
        Assert.DoesNotContain(texts, t => t.StartsWith("00000", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Append_LineAboveTheEventLimit_BecomesSeveralEvents()
    {
        Log.Append(Log.OpenStream("s"), 1, new string('x', LogLimits.MaxLineBytes + 5));
        await Log.FlushAsync(toDisk: false);
        var page = await Log.ReadAsync(new LogQuery());
        Assert.Equal([LogLimits.MaxLineBytes, 5], page.Events.Select(e => e.Message.Length));
    }

    [Fact]
    public async Task Append_FromManyThreads_KeepsEveryLine()
    {
        await Parallel.ForAsync(0, 8, async (thread, _) =>
        {
            var stream = Log.OpenStream($"s{thread}");
            for (var i = 0; i < 200; i++)
            {
                Log.Append(stream, i, $"{i}");
                await Log.FlushAsync(toDisk: i % 50 == 0);
            }
        });
        var all = await _fixture.AllAsync(new LogQuery { Limit = 100 });
        Assert.Equal(1_600, all.Count);
        Assert.Equal(1_600, all.Select(e => e.Key.Sequence).Distinct().Count());
    }

    [Fact]
    public async Task Tick_NobodyFlushes_WritesWithinAQuarterSecondAndThenRests()
    {
        var arrival = Log.WaitForArrivalAsync();
        Log.Append(Log.OpenStream("s"), 1, "line");
        _fixture.Clock.Advance(LogTicker.Period);
        await arrival;
        Assert.Equal(1, _fixture.Ticker.ActiveGroups);
        for (var i = 0; i <= LogTicker.IdleTicks + 1; i++)
        {
            _fixture.Clock.Advance(LogTicker.Period);
        }

        Assert.Equal(0, _fixture.Ticker.ActiveGroups);
        Assert.Equal(["line"], await _fixture.TextsAsync());
    }

    [Fact]
    public async Task DropBefore_OldSegments_Go()
    {
        var stream = Log.OpenStream("s");
        Log.Append(stream, 1_000, "old");
        await Log.DropBeforeAsync(2_000);
        Log.Append(stream, 3_000, "new");
        await Log.DropBeforeAsync(2_000);
        Assert.Equal(["new"], await _fixture.TextsAsync());
        Assert.Single(Directory.GetFiles(_fixture.GroupFolder, "*.log"));
    }

    [Fact]
    public async Task DeleteStream_ItsEvents_AreHiddenForGood()
    {
        var gone = Log.OpenStream("gone");
        var kept = Log.OpenStream("kept");
        Log.Append(gone, 1, "x");
        Log.Append(kept, 2, "y");
        await Log.DeleteStreamAsync([gone.Id]);
        Assert.Equal(["y"], await _fixture.TextsAsync());
        _fixture.Reopen();
        Assert.Equal(["y"], await _fixture.TextsAsync());
        Assert.Equal(["kept"], (await Log.StreamsAsync()).Select(s => s.Identity.Name));
    }

    [Fact]
    public async Task ReadArrived_FromACursor_GivesWhatCameAfter()
    {
        var stream = Log.OpenStream("s");
        Log.Append(stream, 9, "before");
        await Log.FlushAsync(toDisk: false);
        var cursor = await Log.LastSequenceAsync();
        Log.Append(stream, 8, "a");
        Log.Append(stream, 7, "b");
        await Log.FlushAsync(toDisk: false);
        Assert.Equal(["a", "b"], (await Log.ReadArrivedAsync(cursor, 10)).Select(e => Encoding.UTF8.GetString(e.Message)));
    }

    [Fact]
    public async Task Reopen_WithIndexFiles_ReadsTheSameAsWithout()
    {
        using var fixture = new LogFixture(new LogLimits(2_000, 1 << 20));
        var stream = fixture.Log.OpenStream("s");
        for (var i = 0; i < 200; i++)
        {
            fixture.Log.Append(stream, i, $"line {i}");
            await fixture.Log.FlushAsync(toDisk: false);
        }

        await fixture.Log.CloseAsync();
        fixture.Reopen();
        var withIndex = await fixture.TextsAsync();
        foreach (var index in Directory.GetFiles(fixture.GroupFolder, "*.idx"))
        {
            File.Delete(index);
        }

        fixture.Reopen();
        Assert.Equal(200, withIndex.Count);
        Assert.Equal(withIndex, await fixture.TextsAsync());
    }

    [Fact]
    public async Task AppendAndFlush_LinesOfAnInvocation_KeepTheBudgetOfBytes()
    {
        var stream = Log.OpenStream("s");
        var line = new byte[100];
        Log.Append(stream, 1, line);
        await Log.FlushAsync(toDisk: false);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            Log.Append(stream, i, line);
            Assert.True(Log.FlushAsync(toDisk: false).IsCompletedSuccessfully);
        }

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 100, 0, 128);
    }
}
