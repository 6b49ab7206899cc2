using Microsoft.Extensions.Logging;
using Petrel.Storage.Files;

namespace Petrel.Storage.RocksDb;

/// <summary>The embedded engine: reads run on their callers' threads on the last synced view, writes pass one committing lane.</summary>
public sealed class RocksDbStore : IStore, IStoreTraits
{
    private readonly SignalHub _signals = new();
    private readonly RecoveringDatabase _database;
    private readonly CommitLane _lane;
    private int _disposed;

    bool IStoreTraits.RunsWritesInOrder => true;

    object IStoreTraits.Engine => this;

    private RocksDbStore(RocksDbSettings settings, ILogger logger)
    {
        _database = new RecoveringDatabase(settings, logger);
        _lane = new CommitLane(_database, settings, _signals, logger);
    }

    /// <summary>Opens or creates the database of a folder. Its log is replayed, which takes a moment after a crash.</summary>
    public static RocksDbStore Open(RocksDbSettings settings, ILogger logger)
    {
        DurableFiles.CreateDirectory(settings.Path);
        return new RocksDbStore(settings, logger);
    }

    public ValueTask<T> ReadAsync<T>(Func<IReadTransaction, ValueTask<T>> read, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        cancellationToken.ThrowIfCancellationRequested();
        var view = _database.HoldView();
        try
        {
            using var reader = new RocksReader(view.Database, view.Snapshot);
            return new(TransactionRules.Completed(read(reader)));
        }
        catch (Exception exception)
        {
            return ValueTask.FromException<T>(exception);
        }
        finally
        {
            view.Release();
        }
    }

    public ValueTask<T> WriteAsync<T>(Func<IWriteTransaction, ValueTask<T>> write, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<T>(cancellationToken);
        }

        var request = LaneRequest<T>.Rent(write, cancellationToken);
        var task = request.Task;
        _lane.Post(request);
        return task;
    }

    public IDisposable Subscribe(string topic, Action wake) => _signals.Subscribe(topic, wake);

    /// <summary>A consistent copy of the database in a new folder of the same disk, while it runs.</summary>
    public void Checkpoint(string path) => _database.Database.Checkpoint(path);

    /// <summary>Reads every file whole, and throws <see cref="StoreCorruptException"/> when a checksum does not match.</summary>
    public void VerifyChecksums() => _database.Database.VerifyChecksums();

    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _lane.Dispose();
            _database.Dispose();
        }

        return default;
    }
}
