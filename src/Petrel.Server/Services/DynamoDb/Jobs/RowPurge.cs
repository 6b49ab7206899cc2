using Petrel.Server.Services.DynamoDb.Model.Backups;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Server.Services.DynamoDb.Store;
using Petrel.Server.Services.DynamoDb.Store.Items;
using Petrel.Storage;

namespace Petrel.Server.Services.DynamoDb.Jobs;

/// <summary>
/// Removes the rows of what is gone, without reading them: keys begin with hashes, so equal shares of all hashes are about equal numbers
/// of rows, and each share goes in a transaction of its own.
/// </summary>
internal sealed class RowPurge(IStore store, HistoryLog history) : ITableWork
{
    public JobKind Kind => JobKind.Purge;

    public async Task StepAsync(TableJob job, CancellationToken cancellationToken) => await store.WriteAsync(
        async tx =>
        {
            if (!await JobStore.IsCurrentAsync(tx, job))
            {
                return 0;
            }

            var purge = job.Purge!;
            if (purge.Done < purge.Slices)
            {
                RemoveSlice(tx, purge);
                JobStore.Advance(tx, job with { Purge = purge with { Done = purge.Done + 1 } });
                return 0;
            }

            RemoveRest(tx, purge);
            await ForgetIndexAsync(tx, job);
            JobStore.End(tx, job);
            return 0;
        },
        cancellationToken);

    private static void RemoveSlice(IWriteTransaction tx, PurgeState purge)
    {
        foreach (var id in purge.Items)
        {
            tx.DeleteRange(ItemKeys.Slice(id, isIndex: false, purge.Done, purge.Slices));
        }

        foreach (var id in purge.Indexes)
        {
            tx.DeleteRange(ItemKeys.Slice(id, isIndex: true, purge.Done, purge.Slices));
        }
    }

    private void RemoveRest(IWriteTransaction tx, PurgeState purge)
    {
        foreach (var id in purge.Items.Concat(purge.Indexes))
        {
            tx.DeleteRange(ItemStore.CountsOf(id));
            tx.DeleteRange(Collections.Of(id));
        }

        foreach (var id in purge.Expiry)
        {
            TtlRows.RemoveAll(tx, id);
        }

        foreach (var id in purge.Logs)
        {
            history.Delete(tx, id);
        }
    }

    /// <summary>An index that was removed goes from its table's record last, so that the table says until then that it is being changed.</summary>
    private static async ValueTask ForgetIndexAsync(IWriteTransaction tx, TableJob job)
    {
        if (job.Index is { } name
            && await TableStore.FindAsync(tx, job.Key) is { } table
            && table.Id == job.TableId
            && table.FindIndex(name) is { Status: ResourceStatus.Deleting })
        {
            TableStore.Put(tx, table.WithIndex(name, null) with { Status = ResourceStatus.Active });
        }
    }
}
