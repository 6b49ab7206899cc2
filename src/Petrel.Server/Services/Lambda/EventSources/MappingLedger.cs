using Microsoft.Extensions.Logging;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Store;
using Petrel.Storage;

namespace Petrel.Server.Services.Lambda.EventSources;

/// <summary>Reads and writes what pollers keep, and waits for a store that does not answer.</summary>
internal sealed partial class MappingLedger(IStore store, TimeProvider time, ILogger<MappingLedger> log)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    public Task<T> ReadAsync<T>(Func<IReadTransaction, ValueTask<T>> read, CancellationToken cancellationToken) =>
        RetryAsync(() => store.ReadAsync(read, cancellationToken), cancellationToken);

    public Task<T> WriteAsync<T>(Func<IWriteTransaction, ValueTask<T>> write, CancellationToken cancellationToken) =>
        RetryAsync(() => store.WriteAsync(write, cancellationToken), cancellationToken);

    /// <summary>Writes as the owner of a run.</summary>
    /// <exception cref="OwnershipLostException">A later owner has begun.</exception>
    public Task WriteAsync(MappingRun run, Func<IWriteTransaction, ValueTask> write, CancellationToken cancellationToken) => WriteAsync(
        async tx =>
        {
            await CheckpointStore.RequireEpochAsync(tx, run.Mapping.Id, run.Epoch);
            await write(tx);
            return true;
        },
        cancellationToken);

    /// <summary>Runs an operation until the store answers.</summary>
    public async Task<T> RetryAsync<T>(Func<ValueTask<T>> operation, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await operation();
            }
            catch (StoreException problem)
            {
                LogNoAnswer(problem);
                await Task.Delay(RetryAfter, time, cancellationToken);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The store did not answer an event source mapping; trying again.")]
    private partial void LogNoAnswer(Exception problem);
}
