using System.Diagnostics;
using System.Security.Cryptography;
using Npgsql;

namespace Petrel.Storage.Postgres;

/// <summary>
/// The engine of a cluster: serialisable transactions of PostgreSQL, run again when they conflict. Several daemons share one database.
/// </summary>
public sealed class PostgresStore : IStore, IStoreTraits
{
    /// <summary>Runs of one function at most; with the waits between, some four seconds of conflicts.</summary>
    private const int MaxRuns = 64;

    private const int LongestWaitMs = 100;

    private readonly NpgsqlDataSource _source;
    private readonly SignalHub _hub = new();
    private readonly PostgresSignals _signals;
    private readonly CounterFolding _folding;
    private readonly StorageServices _services;
    private int _disposed;

    private PostgresStore(NpgsqlDataSource source, StorageServices services)
    {
        (_source, _services) = (source, services);
        _signals = new PostgresSignals(source, _hub, services);
        _folding = new CounterFolding(source, services.Time, services.Logger);
    }

    bool IStoreTraits.RunsWritesInOrder => false;

    object IStoreTraits.Engine => this;

    /// <summary>Connects, makes the tables when they are missing, and listens for the other nodes' signals.</summary>
    public static async Task<PostgresStore> OpenAsync(
        string connectionString, StorageServices services, CancellationToken cancellationToken = default)
    {
        var settings = Parse(connectionString);
        settings.MaxAutoPrepare = Math.Max(settings.MaxAutoPrepare, 64);
        settings.ApplicationName ??= "petrel";
        var source = NpgsqlDataSource.Create(settings);
        try
        {
            await PostgresSchema.EnsureAsync(source, cancellationToken);
            var store = new PostgresStore(source, services);
            await store._signals.Listening.WaitAsync(cancellationToken);
            return store;
        }
        catch (Exception exception)
        {
            await source.DisposeAsync();
            if (exception is NpgsqlException)
            {
                throw new StoreException($"PostgreSQL at {settings.Host} cannot be used: {exception.Message}", exception);
            }

            throw;
        }
    }

    private static NpgsqlConnectionStringBuilder Parse(string connectionString)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(connectionString);
        }
        catch (ArgumentException exception)
        {
            // What was given holds a password, and is not repeated.
            throw new StoreException(
                $"storage.postgres is no connection string such as Host=db;Username=petrel;Password=…;Database=petrel: {exception.Message}", exception);
        }
    }

    public async ValueTask<T> ReadAsync<T>(Func<IReadTransaction, ValueTask<T>> read, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        try
        {
            await using var connection = await _source.OpenConnectionAsync(cancellationToken);
            var session = new PostgresSession(connection, PostgresSession.BeginRead);
            try
            {
                var result = await read(session);
                await session.CommitAsync(writes: null);
                return result;
            }
            catch (Exception)
            {
                await session.RollbackAsync();
                throw;
            }
        }
        catch (NpgsqlException exception)
        {
            throw PostgresErrors.Translate(exception);
        }
    }

    public async ValueTask<T> WriteAsync<T>(Func<IWriteTransaction, ValueTask<T>> write, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        for (var run = 1; ; run++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                return await RunAsync(write, cancellationToken);
            }
            catch (NpgsqlException exception) when (PostgresErrors.IsConflict(exception))
            {
                StoreMetrics.Retries.Add(1);
                if (run == MaxRuns)
                {
                    throw new StoreBusyException($"The transaction met others {MaxRuns} times: {exception.Message}");
                }
            }
            catch (NpgsqlException exception)
            {
                throw PostgresErrors.Translate(exception);
            }

            var limit = Math.Min(LongestWaitMs, 1 << Math.Min(run, 10));
            await Task.Delay(TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(limit) + 1), _services.Time, cancellationToken);
        }
    }

    public IDisposable Subscribe(string topic, Action wake) => _hub.Subscribe(topic, wake);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            await _folding.DisposeAsync();
            await _signals.DisposeAsync();
            await _source.DisposeAsync();
        }
    }

    internal Task FoldCountersAsync() => CounterFolding.FoldAsync(_source, CancellationToken.None);

    /// <summary>
    /// One run. A function that throws is answered only after a commit of what it read, without its writes: under serialisable isolation
    /// only the commit proves that the reads go together.
    /// </summary>
    private async Task<T> RunAsync<T>(Func<IWriteTransaction, ValueTask<T>> write, CancellationToken cancellationToken)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        var session = new PostgresSession(connection, PostgresSession.BeginWrite);
        var buffer = new WriteBuffer();
        var transaction = new BufferedTransaction(session, buffer);
        try
        {
            var started = Stopwatch.GetTimestamp();
            var (result, failure) = await AttemptAsync(write, transaction);
            await session.CommitAsync(failure is null ? buffer : null);
            if (failure is not null)
            {
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
            }

            Count(started);
            buffer.Signals.ForEach(_signals.Fire);
            return result!;
        }
        catch (NpgsqlException)
        {
            await session.RollbackAsync();
            throw;
        }
    }

    private static async Task<(T? Result, Exception? Failure)> AttemptAsync<T>(
        Func<IWriteTransaction, ValueTask<T>> write, BufferedTransaction transaction)
    {
        try
        {
            return (await write(transaction), null);
        }
        catch (Exception exception) when (exception is not NpgsqlException)
        {
            return (default, exception);
        }
        finally
        {
            transaction.Close();
        }
    }

    private static void Count(long started)
    {
        StoreMetrics.Commits.Add(1);
        StoreMetrics.Transactions.Add(1);
        StoreMetrics.GroupSize.Record(1);
        StoreMetrics.CommitSeconds.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
    }
}
