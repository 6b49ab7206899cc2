using Petrel.Server.Services.DynamoDb.Api.Backups;
using Petrel.Server.Services.DynamoDb.Model.Backups;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Server.Services.DynamoDb.Store;
using Petrel.Storage;

namespace Petrel.Server.Services.DynamoDb.Jobs;

/// <summary>Drops history that is older than tables can be restored to, and backups of deleted tables whose time is over.</summary>
internal sealed class BackupSweep(IStore store, HistoryLog history, IIdSource ids, TimeProvider time)
{
    private const int Page = 100;

    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        await TrimHistoryAsync(cancellationToken);
        await RemoveExpiredAsync(cancellationToken);
    }

    private async Task TrimHistoryAsync(CancellationToken cancellationToken)
    {
        TableKey? after = null;
        List<TableState> page;
        do
        {
            var from = after;
            page = await store.ReadAsync(tx => TableStore.ListAllAsync(tx, from, Page), cancellationToken);
            foreach (var table in page)
            {
                // A restore that is running may ask for what is just getting too old.
                if (table is { PointInTime: { } state, Readers.Count: 0 })
                {
                    await history.TrimAsync(state, cancellationToken);
                }

                after = table.Key;
            }
        }
        while (page.Count == Page);
    }

    private async Task RemoveExpiredAsync(CancellationToken cancellationToken)
    {
        BackupKey? after = null;
        List<BackupState> page;
        do
        {
            var from = after;
            page = await store.ReadAsync(tx => BackupStore.ListAllAsync(tx, from, Page), cancellationToken);
            foreach (var backup in page)
            {
                if (IsOver(backup))
                {
                    await store.WriteAsync(tx => RemoveAsync(tx, backup.Key), cancellationToken);
                }

                after = backup.Key;
            }
        }
        while (page.Count == Page);
    }

    private async ValueTask<int> RemoveAsync(IWriteTransaction tx, BackupKey key)
    {
        if (await BackupStore.FindAsync(tx, key) is { } backup && IsOver(backup))
        {
            BackupsApi.Remove(tx, backup, ids.NextId());
        }

        return 0;
    }

    private bool IsOver(BackupState backup) =>
        backup.Readers.Count == 0 && backup.ExpiresAt is { } at && at <= time.GetUtcNow().ToUnixTimeMilliseconds();
}
