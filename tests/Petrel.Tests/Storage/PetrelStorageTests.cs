using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Petrel.Storage;
using Petrel.Storage.Folder;

namespace Petrel.Tests.Storage;

public sealed class PetrelStorageTests : IDisposable
{
    private static readonly Key Row = new Subspace("test").Key("row");
    private readonly TemporaryFolder _temporary = new();

    private string Folder => Path.Combine(_temporary.Path, "data");

    private string Other => Path.Combine(_temporary.Path, "other");

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task Open_SecondDaemon_IsRefused()
    {
        await using var first = await OpenAsync(Folder);
        await Assert.ThrowsAsync<StoreException>(() => OpenAsync(Folder));
    }

    [Fact]
    public async Task Open_AgainAfterClose_FindsTheData()
    {
        await using (var storage = await OpenAsync(Folder))
        {
            await PutAsync(storage, "kept");
        }

        await using var again = await OpenAsync(Folder);
        Assert.Equal("kept", await GetAsync(again));
    }

    [Fact]
    public async Task Open_AppendedLogTrimmedBefore_GivesNoPositionTwice()
    {
        LogPosition last;
        await using (var storage = await OpenAsync(Folder))
        {
            await AppendAsync(storage);
            last = (await storage.Store.ReadAsync(tx => tx.ReadLogAsync(Row, LogPosition.Start, 10)))[^1].Position;
            await storage.Store.WriteAsync(tx =>
            {
                tx.TrimLog(Row, last);
                return new ValueTask<int>(0);
            });
        }

        await using var again = await OpenAsync(Folder);
        await AppendAsync(again);
        Assert.True((await again.Store.ReadAsync(tx => tx.ReadLogAsync(Row, last, 10)))[0].Position.CompareTo(last) > 0);
    }

    [Fact]
    public async Task Open_NewerFormat_IsRefused()
    {
        DataFolder.Open(Folder, "memory").Dispose();
        DataFolder.WriteFormat(Folder, new FolderFormat(DataFolder.CurrentFormat + 1, "memory"));
        Assert.Contains("newer", (await Assert.ThrowsAsync<StoreException>(() => OpenAsync(Folder, "memory"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_AnotherEngine_IsRefused()
    {
        DataFolder.Open(Folder, "memory").Dispose();
        await Assert.ThrowsAsync<StoreException>(() => OpenAsync(Folder));
    }

    [Fact]
    public void Open_OlderFormat_IsMigratedStepByStep()
    {
        DataFolder.Open(Folder, "memory", 1, []).Dispose();
        var steps = new List<int>();
        DataFolder.Open(Folder, "memory", 3, [new Step(2, steps), new Step(1, steps)]).Dispose();
        DataFolder.Open(Folder, "memory", 3, []).Dispose();
        Assert.Equal([1, 2], steps);
        Assert.Throws<StoreException>(() => DataFolder.Open(Folder, "memory", 4, []));
    }

    [Fact]
    public void Open_MigrationInterrupted_GoesOnWhereItStopped()
    {
        DataFolder.Open(Folder, "memory", 1, []).Dispose();
        var steps = new List<int>();
        Assert.Throws<InvalidDataException>(() => DataFolder.Open(Folder, "memory", 3, [new Step(1, steps), new Step(2, steps, fails: true)]));
        DataFolder.Open(Folder, "memory", 3, [new Step(1, steps), new Step(2, steps)]).Dispose();
        Assert.Equal([1, 2], steps);
    }

    [Fact]
    public async Task Restore_BackupOfARunningStore_HoldsRowsAndBlobs()
    {
        var bytes = Encoding.UTF8.GetBytes(new string('x', 100_000));
        BlobRef blob;
        await using (var storage = await OpenAsync(Folder))
        {
            var staged = await storage.Blobs.StageAsync(new MemoryStream(bytes));
            blob = staged.Ref;
            await storage.Store.WriteAsync(tx =>
            {
                storage.Blobs.Commit(tx, staged);
                tx.Put(Row, "before"u8.ToArray());
                return new ValueTask<int>(0);
            });
            await storage.BackupAsync(Path.Combine(_temporary.Path, "backup"));
            await PutAsync(storage, "after");
        }

        await PetrelStorage.RestoreAsync(Path.Combine(_temporary.Path, "backup"), Other);
        await using var restored = await OpenAsync(Other);
        Assert.Equal("before", await GetAsync(restored));
        await using var stream = await restored.Blobs.OpenAsync(blob);
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy);
        Assert.Equal(bytes, copy.ToArray());
    }

    [Fact]
    public async Task Backup_UnderLoad_HoldsEverythingAcknowledgedBefore()
    {
        var acknowledged = 0L;
        await using (var storage = await OpenAsync(Folder))
        {
            using var stop = new CancellationTokenSource();
            var writing = Task.Run(async () =>
            {
                for (var i = 1L; !stop.IsCancellationRequested; i++)
                {
                    await storage.Store.WriteAsync(tx =>
                    {
                        tx.Put(new Subspace("load").Key(i), default);
                        return new ValueTask<int>(0);
                    });
                    Interlocked.Exchange(ref acknowledged, i);
                }
            });
            while (Interlocked.Read(ref acknowledged) < 100)
            {
                await Task.Yield();
            }

            var before = Interlocked.Read(ref acknowledged);
            await storage.BackupAsync(Other);
            await stop.CancelAsync();
            await writing;
            acknowledged = before;
        }

        await using var copy = await OpenAsync(Other);
        var rows = await copy.Store.ReadAsync(tx => tx.ScanAsync(new Subspace("load").Range(), 1_000_000));
        Assert.True(rows.Count >= acknowledged);
        Assert.Equal(rows.Count, new Subspace("load").Unpack(rows[^1].Key)[0].Int64);
    }

    [Fact]
    public async Task Restore_IntoAUsedOrFromAnUnfinishedFolder_IsRefused()
    {
        DataFolder.Open(Folder, "memory").Dispose();
        Directory.CreateDirectory(Other);
        await Assert.ThrowsAsync<StoreException>(() => PetrelStorage.RestoreAsync(Other, Path.Combine(_temporary.Path, "new")));
        await Assert.ThrowsAsync<StoreException>(() => PetrelStorage.RestoreAsync(Folder, Folder));
    }

    [Fact]
    public async Task Open_RestoreNotFinished_IsRefused()
    {
        Directory.CreateDirectory(Path.Combine(Folder, "store"));
        await Assert.ThrowsAsync<StoreException>(() => OpenAsync(Folder));
    }

    private static Task<PetrelStorage> OpenAsync(string folder, string engine = "rocksdb") => PetrelStorage.OpenAsync(
        new StoreSettings { DataFolder = folder, Engine = engine },
        new StorageServices(TimeProvider.System, new SystemIdSource(), NullLogger.Instance));

    private static async Task PutAsync(PetrelStorage storage, string value) => await storage.Store.WriteAsync(tx =>
    {
        tx.Put(Row, Encoding.UTF8.GetBytes(value));
        return new ValueTask<int>(0);
    });

    private static async Task AppendAsync(PetrelStorage storage) => await storage.Store.WriteAsync(tx =>
    {
        tx.Append(Row, "entry"u8.ToArray());
        return new ValueTask<int>(0);
    });

    private static async Task<string?> GetAsync(PetrelStorage storage) =>
        await storage.Store.ReadAsync(tx => tx.GetAsync(Row)) is { } value ? Encoding.UTF8.GetString(value.Span) : null;

    private sealed class Step(int from, List<int> steps, bool fails = false) : IDataMigration
    {
        public int From => from;

        public void Apply(string path)
        {
            if (fails)
            {
                throw new InvalidDataException();
            }

            steps.Add(from);
        }
    }
}
