using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Api.Backups;
using Petrel.Server.Services.DynamoDb.Model.Backups;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Server.Services.DynamoDb.Store;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Api.Tables;

/// <summary>
/// Removes tables: the record goes at once and with it the name; the rows are for a job. A table that can be restored to any moment leaves
/// its items as a backup.
/// </summary>
internal sealed class TableRemoval(TableStreams streams, IIdSource ids, TimeProvider time)
{
    private const int ItemsPerSlice = 5_000;
    private const int MaxSlices = 4_096;

    /// <exception cref="ResourceInUseException"/>
    public async ValueTask RemoveAsync(IWriteTransaction tx, TableState table)
    {
        CheckRemovable(table);
        var counts = await TableLedger.CountAsync(tx, table);
        var purge = new PurgeState(
            [table.Id],
            [.. table.Indexes.Select(static index => index.Id)],
            table.TimeToLive is { } expiry ? [expiry.RowsId] : [],
            table.PointInTime is { } history ? [history.LogId] : [],
            SlicesOf(counts.Values));
        if (table.PointInTime is not null)
        {
            BackupStore.Put(tx, BackupMaking.OfDeleted(table, counts[table.Id], ids, time.GetUtcNow()));
            purge = purge with { Items = [] };
        }

        if (table.TimeToLive is not null)
        {
            TtlRows.Leave(tx, table);
        }

        await streams.CloseAsync(tx, table);
        TableStore.Delete(tx, table);
        await AccountStore.AddTablesAsync(tx, table.Account, table.Region, -1);
        JobStore.Begin(tx, JobOf(table, ids.NextId(), JobKind.Purge) with { Purge = purge });
    }

    /// <summary>How many ranges rows are removed in, so that none is many.</summary>
    public static int SlicesOf(IEnumerable<ItemCounts> counts)
    {
        var most = counts.Select(static c => c.Items).DefaultIfEmpty().Max();
        return (int)Math.Clamp((most + ItemsPerSlice - 1) / ItemsPerSlice, 1, MaxSlices);
    }

    public static TableJob JobOf(TableState table, ulong id, JobKind kind) => new()
    {
        Id = id,
        Kind = kind,
        Account = table.Account,
        Region = table.Region,
        Table = table.Name,
        TableId = table.Id,
    };

    private static void CheckRemovable(TableState table)
    {
        if (table.DeletionProtected)
        {
            throw CommonException.Validation(
                "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.");
        }

        var state = table switch
        {
            { Status: ResourceStatus.Creating } => "created",
            { Status: ResourceStatus.Updating } => "updated",
            { Readers.Count: > 0 } => "copied to a backup or another table",
            _ => null,
        };
        if (state is not null)
        {
            throw new ResourceInUseException($"Attempt to change a resource which is still in use: Table is being {state}: {table.Name}");
        }
    }
}
