using Petrel.Server.Services.Lambda.EventSources.Model;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Store;
using Petrel.Storage;

namespace Petrel.Server.Services.Lambda.EventSources;

/// <summary>
/// How far a run has come in one shard, in memory and in the store. What is done is told to memory first; then it is written, by one after
/// another, so that the store never goes back.
/// </summary>
internal sealed class ShardState(MappingRun run, string shardId, ShardProgress progress, MappingLedger ledger) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _writing = new(1);
    private bool _unsaved;

    public string ShardId => shardId;

    public int Lanes => progress.Lanes;

    /// <summary>Reading goes on after it.</summary>
    public ulong Low
    {
        get
        {
            lock (_lock)
            {
                return progress.Low;
            }
        }
    }

    public int LaneOf(string partitionKey) => progress.LaneOf(partitionKey);

    public bool IsDone(ulong position, string partitionKey)
    {
        lock (_lock)
        {
            return progress.IsDone(position, partitionKey);
        }
    }

    public void Opened(int lane, ulong position)
    {
        lock (_lock)
        {
            progress.Opened(lane, position);
        }
    }

    public void ReadThrough(ulong position)
    {
        lock (_lock)
        {
            _unsaved |= progress.ReadThrough(position);
        }
    }

    /// <summary>A lane's records up to a position are done.</summary>
    public void Closed(int lane, ulong through)
    {
        lock (_lock)
        {
            progress.Closed(lane, through);
            _unsaved = true;
        }
    }

    /// <summary>Writes how far the shard is, and with it what comes of a batch.</summary>
    /// <param name="also">In the same transaction; null for nothing.</param>
    /// <exception cref="OwnershipLostException">A later owner has begun.</exception>
    public async Task SaveAsync(Func<IWriteTransaction, ValueTask>? also, CancellationToken cancellationToken, bool ended = false)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            var checkpoint = Take(ended);
            await ledger.WriteAsync(
                run,
                async tx =>
                {
                    CheckpointStore.Put(tx, run.Mapping.Id, shardId, checkpoint);
                    if (also is not null)
                    {
                        await also(tx);
                    }
                },
                cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Writes what was only passed over, when there is something and no lane will soon: nothing is lost without it but time.</summary>
    public Task SaveIfChangedAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!_unsaved || progress.HasOpen)
            {
                return Task.CompletedTask;
            }
        }

        return SaveAsync(null, cancellationToken);
    }

    public void Dispose() => _writing.Dispose();

    private ShardCheckpoint Take(bool ended)
    {
        lock (_lock)
        {
            _unsaved = false;
            return progress.ToCheckpoint() with { Result = run.Result?.Text, ResultAt = run.Result?.At, Ended = ended };
        }
    }
}
