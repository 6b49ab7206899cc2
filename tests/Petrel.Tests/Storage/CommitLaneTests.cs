using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Petrel.Storage;
using Petrel.Storage.Memory;
using Petrel.Storage.RocksDb;

namespace Petrel.Tests.Storage;

/// <summary>What the lane does when the database below it fails.</summary>
public sealed class CommitLaneTests : IDisposable
{
    private static readonly Key Row = new Subspace("lane").Key("row");

    private readonly SignalHub _signals = new();
    private readonly FailingDatabase _database = new();
    private readonly CommitLane _lane;

    public CommitLaneTests() => _lane = new CommitLane(_database, new RocksDbSettings { Path = "/", MaxWaiting = 4 }, _signals, NullLogger.Instance);

    public void Dispose() => _lane.Dispose();

    [Fact]
    public async Task Commit_SyncFails_FailsAllOfTheGroupAndFiresNoSignal()
    {
        var fired = 0;
        using var subscription = _signals.Subscribe("topic", () => fired++);
        _database.FailNextSync = new StoreException("the disk is gone");
        var first = Post(tx => tx.Signal("topic"), hold: true);
        var second = Post(_ => throw new InvalidDataException("condition"));
        _database.Release();
        await Assert.ThrowsAsync<StoreException>(() => first);
        await Assert.ThrowsAsync<StoreException>(() => second);
        Assert.Equal(0, fired);
    }

    [Fact]
    public async Task Commit_AfterAFailure_IsRefusedUntilTheDatabaseRecovers()
    {
        _database.FailNextSync = new StoreException("the disk is gone");
        await Assert.ThrowsAsync<StoreException>(() => Post(_ => { }));
        var ran = false;
        await Assert.ThrowsAsync<StoreException>(() => Post(_ => ran = true));
        Assert.False(ran);
        _database.Recovers = true;
        await Post(_ => ran = true);
        Assert.True(ran);
    }

    [Fact]
    public async Task Post_TooManyWaiting_IsRefusedAtOnce()
    {
        var running = Post(_ => { }, hold: true);
        var waiting = Enumerable.Range(0, 4).Select(_ => Post(_ => { })).ToList();
        await Assert.ThrowsAsync<StoreBusyException>(() => Post(_ => { }));
        _database.Release();
        await Task.WhenAll([running, .. waiting]);
    }

    [Fact]
    public async Task Answer_SubscriberThrows_TheLaneGoesOn()
    {
        using var subscription = _signals.Subscribe("topic", () => throw new InvalidDataException());
        await Post(tx => tx.Signal("topic"));
        await Post(_ => { });
    }

    [Fact]
    public async Task Recover_RealDatabaseAfterAFailure_OpensAgainWithAllThatWasSynced()
    {
        using var folder = new TemporaryFolder();
        var room = 0L;
        var settings = new RocksDbSettings { Path = folder.Path, RecoverEvery = TimeSpan.Zero, FreeSpace = _ => room };
        using var database = new RecoveringDatabase(settings, NullLogger.Instance);
        Put(database, "synced");
        database.Sync();
        Put(database, "not synced");
        database.MarkFailed(new StoreException("no space"));
        Assert.NotNull(database.Recover());
        Assert.Equal("synced", Get(database));
        room = long.MaxValue;
        Assert.Null(database.Recover());

        // It was handed to the database, so that closing it wrote it down; what matters is that nothing synced is lost.
        Assert.Contains(Get(database), (string[])["synced", "not synced"]);
        Put(database, "after");
        database.Sync();
        Assert.Equal("after", Get(database));
    }

    [Fact]
    public async Task Recover_AReaderHoldsTheView_WaitsForIt()
    {
        using var folder = new TemporaryFolder();
        var settings = new RocksDbSettings { Path = folder.Path, RecoverEvery = TimeSpan.Zero };
        using var database = new RecoveringDatabase(settings, NullLogger.Instance);
        var view = database.HoldView();
        database.MarkFailed(new StoreException("no space"));
        var recovering = Task.Run(database.Recover);
        view.Release();
        Assert.Null(await recovering);
        database.HoldView().Release();
    }

    private static void Put(RecoveringDatabase database, string value)
    {
        var writes = new WriteBuffer();
        writes.Add(new Operation(OperationKind.Put, Row, Encoding.UTF8.GetBytes(value), 0));
        database.Write(writes);
    }

    private static string Get(RecoveringDatabase database)
    {
        var view = database.HoldView();
        try
        {
            using var reader = new RocksReader(view.Database, view.Snapshot);
            return Encoding.UTF8.GetString(reader.Get(Column.Data, Row.Span)!.Value.Span);
        }
        finally
        {
            view.Release();
        }
    }

    /// <summary>Posts a transaction that writes a row; one that is held keeps the lane until the database is released.</summary>
    private Task<int> Post(Action<IWriteTransaction> act, bool hold = false)
    {
        var request = LaneRequest<int>.Rent(
            tx =>
            {
                if (hold)
                {
                    _database.Started.Set();
                    _database.Held.Wait();
                }

                act(tx);
                tx.Put(Row, default);
                return new ValueTask<int>(0);
            },
            CancellationToken.None);
        var task = request.Task;
        try
        {
            _lane.Post(request);
        }
        catch (StoreBusyException exception)
        {
            return Task.FromException<int>(exception);
        }

        if (hold)
        {
            _database.Started.Wait();
        }

        return task.AsTask();
    }

    private sealed class FailingDatabase : ILaneDatabase
    {
        private StoreException? _failure;

        public StoreException? FailNextSync { get; set; }

        public bool Recovers { get; set; }

        public ManualResetEventSlim Started { get; } = new();

        public ManualResetEventSlim Held { get; } = new();

        public IReadTransaction Reader { get; } = new MemorySnapshot(MemoryState.Empty);

        public void Release() => Held.Set();

        public StoreException? Recover() => _failure = Recovers ? null : _failure;

        public void Admit(WriteBuffer writes)
        {
        }

        public void Write(WriteBuffer writes)
        {
        }

        public void Sync()
        {
            if (FailNextSync is { } failure)
            {
                FailNextSync = null;
                throw failure;
            }
        }

        public void MarkFailed(StoreException exception) => _failure = exception;
    }
}
