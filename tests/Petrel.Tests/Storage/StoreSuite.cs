using System.Text;
using Petrel.Storage;

namespace Petrel.Tests.Storage;

/// <summary>What every engine promises, run against each by a class that derives from this one. A test owns its subspace.</summary>
public abstract partial class StoreSuite
{
    private static int s_spaces;

    /// <summary>A subspace of the running test alone, so that tests share one store.</summary>
    private readonly Subspace _space = new("suite", (long)Interlocked.Increment(ref s_spaces));

    protected abstract IStore Store { get; }

    [Fact]
    public async Task Get_AbsentKey_IsNull() => Assert.Null(await GetAsync("nothing"));

    [Fact]
    public async Task Get_AfterPut_ReturnsTheValue()
    {
        await PutAsync(("a", "1"));
        Assert.Equal("1", await GetAsync("a"));
    }

    [Fact]
    public async Task Get_AfterDelete_IsNull()
    {
        await PutAsync(("a", "1"));
        await WriteAsync(tx => tx.Delete(K("a")));
        Assert.Null(await GetAsync("a"));
    }

    [Fact]
    public async Task Get_EmptyValue_IsNotNull()
    {
        await PutAsync(("a", ""));
        Assert.Equal("", await GetAsync("a"));
    }

    [Fact]
    public async Task Put_BufferChangedAfterCommit_DoesNotChangeTheStore()
    {
        var buffer = "before"u8.ToArray();
        await WriteAsync(tx => tx.Put(K("a"), buffer));
        "after!"u8.CopyTo(buffer);
        Assert.Equal("before", await GetAsync("a"));
    }

    [Fact]
    public async Task GetMany_SomeAbsent_KeepsTheOrderAsked()
    {
        await PutAsync(("a", "1"), ("c", "3"));
        var values = await Store.ReadAsync(tx => tx.GetManyAsync([K("c"), K("b"), K("a")]));
        Assert.Equal(["3", null, "1"], values.Select(Text));
    }

    [Fact]
    public async Task GetMany_OwnWrites_AreSeen()
    {
        await PutAsync(("a", "1"), ("c", "3"));
        var values = await Store.WriteAsync(tx =>
        {
            tx.Put(K("b"), Bytes("2"));
            tx.Delete(K("c"));
            return tx.GetManyAsync([K("c"), K("b"), K("a")]);
        });
        Assert.Equal([null, "2", "1"], values.Select(Text));
    }

    [Theory]
    [InlineData(false, 10, "a,b,c,d")]
    [InlineData(true, 10, "d,c,b,a")]
    [InlineData(false, 2, "a,b")]
    [InlineData(true, 2, "d,c")]
    public async Task Scan_Range_ReturnsItsKeysInOrder(bool reverse, int limit, string expected)
    {
        await PutAsync(("c", "3"), ("a", "1"), ("d", "4"), ("b", "2"));
        Assert.Equal(expected, await ScanAsync(_space.Range(), limit, reverse));
    }

    [Fact]
    public async Task Scan_Bounds_IncludeTheBeginAndNotTheEnd()
    {
        await PutAsync(("a", "1"), ("b", "2"), ("c", "3"));
        Assert.Equal("a,b", await ScanAsync(new KeyRange(K("a"), K("c")), 10, false));
        Assert.Equal("b,a", await ScanAsync(new KeyRange(K("a"), K("c")), 10, true));
        Assert.Equal("", await ScanAsync(new KeyRange(K("c"), K("a")), 10, false));
    }

    [Fact]
    public async Task Scan_NextPage_BeginsAfterTheLastKey()
    {
        await PutAsync(("a", "1"), ("b", "2"), ("c", "3"));
        Assert.Equal("b,c", await ScanAsync(_space.Range().After(K("a")), 10, false));
        Assert.Equal("b,a", await ScanAsync(_space.Range().Before(K("c")), 10, true));
    }

    [Theory]
    [InlineData(false, "b,c,e,f")]
    [InlineData(true, "f,e,c,b")]
    public async Task Scan_OwnWrites_AreMerged(bool reverse, string expected)
    {
        await PutAsync(("a", "1"), ("b", "2"), ("d", "4"), ("e", "5"));
        var scanned = await Store.WriteAsync(async tx =>
        {
            tx.Delete(K("a"));
            tx.Put(K("c"), Bytes("3"));
            tx.Delete(K("d"));
            tx.Put(K("f"), Bytes("6"));
            var all = Names(await tx.ScanAsync(_space.Range(), 10, reverse));
            Assert.Equal(all.Split(',')[..2], Names(await tx.ScanAsync(_space.Range(), 2, reverse)).Split(','));
            return all;
        });
        Assert.Equal(expected, scanned);
        Assert.Equal(expected, await ScanAsync(_space.Range(), 10, reverse));
    }

    [Fact]
    public async Task DeleteRange_ThenPutInside_KeepsOnlyTheLaterPut()
    {
        await PutAsync(("a", "1"), ("b", "2"), ("c", "3"));
        await WriteAsync(tx =>
        {
            tx.Put(K("ab"), Bytes("gone"));
            tx.DeleteRange(new KeyRange(K("a"), K("c")));
            tx.Put(K("b"), Bytes("new"));
        });
        Assert.Equal("b,c", await ScanAsync(_space.Range(), 10, false));
        Assert.Equal("new", await GetAsync("b"));
    }

    [Fact]
    public async Task DeleteRange_InsideTheTransaction_IsSeenByItsReads()
    {
        await PutAsync(("a", "1"), ("b", "2"));
        await Store.WriteAsync(async tx =>
        {
            tx.Put(K("c"), Bytes("3"));
            tx.DeleteRange(_space.Range());
            Assert.Null(await tx.GetAsync(K("a")));
            Assert.Null(await tx.GetAsync(K("c")));
            tx.Put(K("d"), Bytes("4"));
            Assert.Equal("d", Names(await tx.ScanAsync(_space.Range(), 10)));
            return 0;
        });
        Assert.Equal("d", await ScanAsync(_space.Range(), 10, false));
    }

    [Fact]
    public async Task DeleteRange_CountersAndLogsInside_AreRemoved()
    {
        await WriteAsync(tx =>
        {
            tx.Add(K("counter"), 5);
            tx.Append(K("log"), Bytes("entry"));
            tx.Append(K("other"), Bytes("kept"));
        });
        await WriteAsync(tx => tx.DeleteRange(new KeyRange(K("counter"), K("other"))));
        Assert.Equal(0, await Store.ReadAsync(tx => tx.GetCounterAsync(K("counter"))));
        Assert.Empty(await ReadLogAsync("log", LogPosition.Start));
        Assert.Equal(["kept"], (await ReadLogAsync("other", LogPosition.Start)).Select(entry => Text(entry.Value)));
    }

    [Fact]
    public async Task Write_FunctionThrows_LeavesNothing()
    {
        await PutAsync(("a", "1"));
        var thrown = await Assert.ThrowsAsync<InvalidDataException>(async () => await Store.WriteAsync<int>(tx =>
        {
            tx.Put(K("a"), Bytes("2"));
            tx.Add(K("n"), 1);
            throw new InvalidDataException("condition failed");
        }));
        Assert.Equal("condition failed", thrown.Message);
        Assert.Equal("1", await GetAsync("a"));
        Assert.Equal(0, await Store.ReadAsync(tx => tx.GetCounterAsync(K("n"))));
    }

    [Fact]
    public async Task Write_TransactionKeptAfterItsEnd_IsRefused()
    {
        IWriteTransaction? kept = null;
        await WriteAsync(tx => kept = tx);
        Assert.Throws<InvalidOperationException>(() => kept!.Put(K("a"), Bytes("late")));
        Assert.Null(await GetAsync("a"));
    }

    [Fact]
    public async Task Write_AlreadyCancelled_DoesNotRun()
    {
        var ran = false;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Store.WriteAsync(
            _ =>
            {
                ran = true;
                return new ValueTask<int>(0);
            },
            new CancellationToken(canceled: true)));
        Assert.False(ran);
    }

    [Fact]
    public async Task Write_TooManyKeys_IsRefusedWhole()
    {
        await Assert.ThrowsAsync<TransactionTooLargeException>(() => WriteAsync(tx =>
        {
            for (var i = 0L; i <= TransactionLimits.MaxKeys; i++)
            {
                tx.Put(_space.Key(i), default);
            }
        }));
        Assert.Equal("", await ScanAsync(_space.Range(), 10, false));
    }

    [Fact]
    public async Task Write_TooManyBytesOrTooLongKey_IsRefused()
    {
        await Assert.ThrowsAsync<TransactionTooLargeException>(() => WriteAsync(tx => tx.Put(K("a"), new byte[TransactionLimits.MaxBytes])));
        await Assert.ThrowsAsync<TransactionTooLargeException>(() => WriteAsync(tx => tx.Put(K(new string('k', 2_560)), default)));
        Assert.Equal("", await ScanAsync(_space.Range(), 10, false));
    }

    [Fact]
    public async Task Write_LargestTransaction_Commits()
    {
        await WriteAsync(tx =>
        {
            for (var i = 0L; i < TransactionLimits.MaxKeys; i++)
            {
                tx.Put(_space.Key(i), new byte[2_000]);
            }
        });
        var found = await Store.ReadAsync(tx => tx.ScanAsync(_space.Range(), TransactionLimits.MaxKeys + 1));
        Assert.Equal(TransactionLimits.MaxKeys, found.Count);
    }

    private static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string? Text(ReadOnlyMemory<byte>? value) => value is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : null;

    private Key K(string name) => _space.Key(name);

    private string Names(IReadOnlyList<KeyValue> pairs) => string.Join(',', pairs.Select(pair => _space.Unpack(pair.Key)[0].Text));

    private async Task<string?> GetAsync(string name) => Text(await Store.ReadAsync(tx => tx.GetAsync(K(name))));

    private Task PutAsync(params (string Name, string Value)[] pairs) => WriteAsync(tx =>
    {
        foreach (var (name, value) in pairs)
        {
            tx.Put(K(name), Bytes(value));
        }
    });

    private async Task WriteAsync(Action<IWriteTransaction> write) => await Store.WriteAsync(tx =>
    {
        write(tx);
        return new ValueTask<int>(0);
    });

    private async Task<string> ScanAsync(KeyRange range, int limit, bool reverse) =>
        Names(await Store.ReadAsync(tx => tx.ScanAsync(range, limit, reverse)));

    private async Task<IReadOnlyList<LogRecord>> ReadLogAsync(string log, LogPosition after, int limit = 100) =>
        await Store.ReadAsync(tx => tx.ReadLogAsync(K(log), after, limit));
}
