using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Petrel.Storage.Blobs;
using Petrel.Storage.Folder;
using Petrel.Storage.Memory;
using Petrel.Storage.Postgres;
using Petrel.Storage.RocksDb;

namespace Petrel.Storage;

/// <summary>
/// Everything durable of a daemon: the Store and what stands on it, in one locked data folder. Opened before anything serves, closed
/// after everything else.
/// </summary>
public sealed partial class PetrelStorage : IAsyncDisposable
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromMinutes(10);

    private readonly DataFolder _folder;
    private readonly StoreSettings _settings;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _sweeping = new(1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _sweeps;

    private PetrelStorage(DataFolder folder, StoreSettings settings, IStore store, StorageServices services)
    {
        (_folder, _settings, Store, _logger) = (folder, settings, store, services.Logger);
        Blobs = new FileBlobStore(store, folder.BlobsPath, services.Time, services.Ids);
        Queues = new WorkQueue(store, services.Time, services.Ids);
        Logs = new EventLog(store, services.Time);
        _sweeps = SweepAsync(services.Time);
    }

    public IStore Store { get; }

    public IBlobStore Blobs { get; }

    public WorkQueue Queues { get; }

    public EventLog Logs { get; }

    /// <summary>Locks the data folder, checks or migrates its format, and opens the engine that the settings name.</summary>
    /// <exception cref="StoreException">The folder is in use, of a newer format, of another engine, or damaged.</exception>
    public static async Task<PetrelStorage> OpenAsync(
        StoreSettings settings, StorageServices services, CancellationToken cancellationToken = default)
    {
        var folder = DataFolder.Open(settings.DataFolder, settings.Engine);
        try
        {
            return new PetrelStorage(folder, settings, await OpenEngineAsync(settings, folder, services, cancellationToken), services);
        }
        catch (Exception)
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Writes a consistent copy to a new folder while the daemon runs: everything acknowledged before the call is in it. The folder can be
    /// restored, or served as it is.
    /// </summary>
    /// <param name="further">Adds folders that belong to the data but not to the storage; called after the checkpoint.</param>
    public async Task BackupAsync(string path, Action<string>? further = null, CancellationToken cancellationToken = default)
    {
        if (Store is not RocksDbStore store)
        {
            throw new NotSupportedException($"The engine '{_settings.Engine}' is backed up with its own tools, not by Petrel.");
        }

        await _sweeping.WaitAsync(cancellationToken);
        try
        {
            await Task.Run(() => Backup.Write(_folder, _settings.Engine, store.Checkpoint, further, path), cancellationToken);
        }
        finally
        {
            _sweeping.Release();
        }
    }

    /// <summary>Fills an unused data folder from a backup.</summary>
    public static Task RestoreAsync(string backup, string dataFolder, CancellationToken cancellationToken = default) =>
        Task.Run(() => Backup.Restore(backup, dataFolder), cancellationToken);

    /// <summary>Reads every file of the engine whole; throws <see cref="StoreCorruptException"/> when a checksum does not match.</summary>
    public Task VerifyAsync(CancellationToken cancellationToken = default) =>
        Store is RocksDbStore store ? Task.Run(store.VerifyChecksums, cancellationToken) : Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _sweeps;
        await Store.DisposeAsync();
        _folder.Dispose();
        _stopping.Dispose();
        _sweeping.Dispose();
    }

    private static async Task<IStore> OpenEngineAsync(
        StoreSettings settings, DataFolder folder, StorageServices services, CancellationToken cancellationToken) => settings.Engine switch
        {
            "memory" => new MemoryStore(),
            "rocksdb" => RocksDbStore.Open(new RocksDbSettings { Path = folder.StorePath }, services.Logger),
            "postgres" => await PostgresStore.OpenAsync(
                settings.Postgres ?? throw new ArgumentException("The engine 'postgres' needs a connection string."), services, cancellationToken),
            _ => throw new ArgumentException($"There is no storage engine '{settings.Engine}'; there are rocksdb, postgres and memory."),
        };

    private async Task SweepAsync(TimeProvider time)
    {
        using var timer = new PeriodicTimer(SweepEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                await SweepOnceAsync(_stopping.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The daemon stops.
        }
    }

    private async Task SweepOnceAsync(CancellationToken cancellationToken)
    {
        await _sweeping.WaitAsync(cancellationToken);
        try
        {
            await Blobs.SweepAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is StoreException or IOException)
        {
            LogSweepFailed(exception);
        }
        finally
        {
            _sweeping.Release();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Deleted blobs could not be swept; the next sweep tries again.")]
    private partial void LogSweepFailed(Exception exception);
}

/// <summary>Which engine keeps the data, and where.</summary>
public sealed record StoreSettings
{
    /// <summary><c>rocksdb</c>, <c>postgres</c> or <c>memory</c>.</summary>
    public string Engine { get; init; } = "rocksdb";

    /// <summary>The data folder; engine and blobs have folders of their own in it.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Connection string of the engine <c>postgres</c>.</summary>
    public string? Postgres { get; init; }
}

/// <summary>What storage is given by its host.</summary>
public sealed record StorageServices(TimeProvider Time, IIdSource Ids, ILogger Logger);

/// <summary>Registration of an opened storage.</summary>
public static class StorageRegistration
{
    /// <summary>Makes <see cref="IStore"/>, <see cref="IBlobStore"/>, <see cref="WorkQueue"/> and <see cref="EventLog"/> available.</summary>
    public static IServiceCollection AddPetrelStorage(this IServiceCollection services, PetrelStorage storage) => services
        .AddSingleton(storage)
        .AddSingleton(storage.Store)
        .AddSingleton(storage.Blobs)
        .AddSingleton(storage.Queues)
        .AddSingleton(storage.Logs);
}
