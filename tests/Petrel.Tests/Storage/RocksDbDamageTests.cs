using Microsoft.Extensions.Logging.Abstractions;
using Petrel.Storage;
using Petrel.Storage.RocksDb;

namespace Petrel.Tests.Storage;

/// <summary>Files cut short, changed or missing: what was never acknowledged goes away quietly, anything else is a clear error.</summary>
public sealed class RocksDbDamageTests : IDisposable
{
    private const int Rows = 40;
    private static readonly Subspace Space = new("damage");

    private readonly TemporaryFolder _temporary = new();

    private string Folder => Path.Combine(_temporary.Path, "store");

    private string Log => Directory.GetFiles(Folder, "*.log").Order(StringComparer.Ordinal).Last();

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task Open_LogCutInItsLastBatch_KeepsAllBefore()
    {
        await FillAsync();
        var whole = await File.ReadAllBytesAsync(Log);
        var log = Log;
        using (var file = new WalFile(log))
        {
            Assert.Equal(whole.Length, file.ValidEnd);
        }

        for (var cut = 1; cut <= 40; cut += 13)
        {
            Restore(log, whole[..^cut]);
            Assert.Equal(Rows - 1, await CountAsync());
        }
    }

    [Theory]
    [InlineData(3, 0)]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    public async Task Open_LastGroupChanged_KeepsAllBefore(int bytes, int pattern)
    {
        await FillAsync();
        var log = Log;
        var content = await File.ReadAllBytesAsync(log);
        content.AsSpan(content.Length - 20, bytes).Fill((byte)(pattern == 0 ? 0 : 0xA5));
        Restore(log, content);
        Assert.Equal(Rows - 1, await CountAsync());
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public async Task Open_AcknowledgedWriteChangedInTheLog_IsRefused(double where)
    {
        await FillAsync();
        var log = Log;
        var content = await File.ReadAllBytesAsync(log);
        content[(int)(content.Length * where)] ^= 0x10;
        Restore(log, content);
        Assert.Throws<StoreCorruptException>(() => Open());
    }

    [Fact]
    public async Task Open_PageOfZerosBeforeAcknowledgedWrites_IsRefused()
    {
        await FillAsync(valueBytes: 2_000);
        var log = Log;
        var content = await File.ReadAllBytesAsync(log);
        content.AsSpan(8_192, 4_096).Clear();
        Restore(log, content);
        Assert.Throws<StoreCorruptException>(() => Open());
    }

    [Fact]
    public async Task Open_GarbageBehindTheLog_IsCutOff()
    {
        await FillAsync();
        var log = Log;
        Restore(log, [.. await File.ReadAllBytesAsync(log), .. new byte[50_000]]);
        Assert.Equal(Rows, await CountAsync());
    }

    [Fact]
    public async Task Read_ByteOfATableChanged_IsDetected()
    {
        await FillAsync(valueBytes: 20_000, times: 60);
        var table = Directory.GetFiles(Folder, "*.sst").OrderByDescending(file => new FileInfo(file).Length).First();
        await using (var file = new FileStream(table, FileMode.Open))
        {
            file.Position = file.Length / 3;
            var present = file.ReadByte();
            file.Position--;
            file.WriteByte((byte)(present ^ 1));
        }

        await using var store = Open();
        Assert.Throws<StoreCorruptException>(store.VerifyChecksums);
        await Assert.ThrowsAsync<StoreCorruptException>(async () => await store.ReadAsync(tx => tx.ScanAsync(Space.Range(), 1_000_000)));
    }

    [Fact]
    public async Task Open_TableMissing_IsRefused()
    {
        await FillAsync(valueBytes: 20_000, times: 60);
        File.Delete(Directory.GetFiles(Folder, "*.sst")[0]);
        Assert.ThrowsAny<StoreException>(() => Open());
    }

    [Fact]
    public async Task Write_DiskNearlyFull_IsRefusedWhileReadsAndDeletesGoOn()
    {
        var free = long.MaxValue;
        await using var store = RocksDbStore.Open(
            new RocksDbSettings { Path = Folder, ReserveBytes = 1_000, FreeSpace = _ => Interlocked.Read(ref free) }, NullLogger.Instance);
        await PutAsync(store, 1, 10);
        await PutAsync(store, 2, 10);
        Interlocked.Exchange(ref free, 900);
        await Assert.ThrowsAsync<StoreFullException>(async () =>
        {
            // The guard looks once a second, or after four megabytes.
            for (var i = 0; i < 10; i++)
            {
                await PutAsync(store, 3, 1_000_000);
            }
        });
        Assert.NotNull(await store.ReadAsync(tx => tx.GetAsync(Space.Key(1L))));
        await store.WriteAsync(tx =>
        {
            tx.Delete(Space.Key(1L));
            return new ValueTask<int>(0);
        });
        Assert.Null(await store.ReadAsync(tx => tx.GetAsync(Space.Key(1L))));
        Interlocked.Exchange(ref free, 100);
        await Assert.ThrowsAsync<StoreFullException>(async () => await store.WriteAsync(tx =>
        {
            tx.Delete(Space.Key(2L));
            return new ValueTask<int>(0);
        }));
        Interlocked.Exchange(ref free, 2_000);
        await PutAsync(store, 3, 10);
    }

    /// <summary>Writes rows one by one, each a group of its own, and closes; RocksDB keeps them in its log.</summary>
    private async Task FillAsync(int valueBytes = 10, int times = 1)
    {
        await using var store = Open();
        for (var i = 0L; i < (long)Rows * times; i++)
        {
            await PutAsync(store, i, valueBytes);
        }
    }

    private void Restore(string log, byte[] content)
    {
        if (!Directory.Exists(_temporary.Path + "/original"))
        {
            Copy(Folder, _temporary.Path + "/original");
        }

        Directory.Delete(Folder, recursive: true);
        Copy(_temporary.Path + "/original", Folder);
        File.WriteAllBytes(log, content);
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }

    private async Task<int> CountAsync()
    {
        await using var store = Open();
        return (await store.ReadAsync(tx => tx.ScanAsync(Space.Range(), 1_000_000))).Count;
    }

    private RocksDbStore Open() => RocksDbStore.Open(new RocksDbSettings { Path = Folder, WriteBufferBytes = 8 * 1024 * 1024 }, NullLogger.Instance);

    private static async Task PutAsync(RocksDbStore store, long row, int bytes)
    {
        var value = new byte[bytes];
        new Random((int)row).NextBytes(value);
        await store.WriteAsync(tx =>
        {
            tx.Put(Space.Key(row), value);
            return new ValueTask<int>(0);
        });
    }
}
