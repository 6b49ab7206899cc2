using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Api.Tables;
using Petrel.Server.Services.DynamoDb.Model.Backups;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Server.Services.DynamoDb.Store;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Api.Backups;

/// <summary>Backups on demand: begun at a moment, and written by a job beside the table's reads and writes.</summary>
internal sealed class BackupsApi(TableLedger ledger, IIdSource ids)
{
    private const int DefaultPage = 100;
    private const int ScanPage = 200;

    /// <summary>Backups of a table that are written at once: every write of the table goes to a log of each.</summary>
    private const int MaxAtOnce = 4;

    public async Task<CreateBackupResult> CreateAsync(CreateBackupRequest request, CallContext call)
    {
        var key = TableNames.Parse(request.TableName, call);
        var backup = await ledger.WriteAsync(
            async tx =>
            {
                var table = await TableStore.FindAsync(tx, key) ?? throw new TableNotFoundException($"Table not found: {key.Name}");
                return Begin(tx, table, request.BackupName);
            },
            call.Aborted);
        ledger.Forget(key);
        return new CreateBackupResult(BackupDescriptions.Details(backup));
    }

    public async Task<DescribeBackupResult> DescribeAsync(DescribeBackupRequest request, CallContext call)
    {
        var backup = await ledger.ReadAsync(tx => FindAsync(tx, request.BackupArn), call.Aborted);
        return new DescribeBackupResult(BackupDescriptions.Describe(backup));
    }

    public async Task<DeleteBackupResult> DeleteAsync(DeleteBackupRequest request, CallContext call)
    {
        var gone = await ledger.WriteAsync(
            async tx =>
            {
                var backup = await FindAsync(tx, request.BackupArn);
                if (!backup.Available || backup.Readers.Count > 0)
                {
                    throw new BackupInUseException($"Backup is being {(backup.Available ? "restored" : "created")}: {request.BackupArn}");
                }

                Remove(tx, backup, ids.NextId());
                return backup;
            },
            call.Aborted);
        var description = BackupDescriptions.Describe(gone);
        return new DeleteBackupResult(description with { BackupDetails = description.BackupDetails with { BackupStatus = "DELETED" } });
    }

    public async Task<ListBackupsResult> ListAsync(ListBackupsRequest request, CallContext call)
    {
        var limit = request.Limit ?? DefaultPage;
        var table = request.TableName is { } name ? TableNames.Parse(name, call).Name : null;
        var after = request.ExclusiveStartBackupArn is { } arn
            ? (BackupKey.TryParse(arn) ?? throw CommonException.Validation($"Invalid ExclusiveStartBackupArn: {arn}")).Id
            : null;
        var found = new List<BackupState>();
        List<BackupState> page;
        do
        {
            var from = after;
            page = await ledger.ReadAsync(tx => BackupStore.ListAsync(tx, call.Account, call.Region, from, ScanPage), call.Aborted);
            found.AddRange(page.Where(backup => IsAsked(backup, request, table)));
            after = page.Count > 0 ? page[^1].Id : after;
        }
        while (found.Count <= limit && page.Count == ScanPage);

        return new ListBackupsResult(
            [.. found.Take(limit).Select(BackupDescriptions.Summary)],
            found.Count > limit ? found[limit - 1].Arn : null);
    }

    /// <exception cref="BackupNotFoundException"/>
    public static async ValueTask<BackupState> FindAsync(IReadTransaction tx, string arn) =>
        BackupKey.TryParse(arn) is { } key && await BackupStore.FindAsync(tx, key) is { } backup && backup.Arn == arn
            ? backup
            : throw new BackupNotFoundException($"Backup not found: {arn}");

    /// <summary>Removes the record; the items are for a job.</summary>
    public static void Remove(IWriteTransaction tx, BackupState backup, ulong jobId)
    {
        BackupStore.Delete(tx, backup);
        JobStore.Begin(tx, TableRemoval.JobOf(backup.Table, jobId, JobKind.Purge) with
        {
            Purge = new PurgeState([backup.DataId], [], [], [], TableRemoval.SlicesOf([new ItemCounts(backup.Items, backup.SizeBytes)])),
        });
    }

    /// <summary>From this transaction on, every change of the table goes to a log of the backup's own: with it, the copy becomes that of now.</summary>
    private BackupState Begin(IWriteTransaction tx, TableState table, string name)
    {
        if (!table.IsUsable)
        {
            throw new TableInUseException($"Table is being created: {table.Name}");
        }

        if (table.BackupLogs.Count >= MaxAtOnce)
        {
            throw new LimitExceededException($"Subscriber limit exceeded: Only {MaxAtOnce} backups of a table can be created simultaneously");
        }

        var backup = BackupMaking.OfTable(table, name, ids, ledger.Now);
        var (jobId, logId) = (ids.NextId(), ids.NextId());
        BackupStore.Put(tx, backup);
        TableStore.Put(tx, table with { BackupLogs = [.. table.BackupLogs, logId], Readers = [.. table.Readers, jobId] });
        JobStore.Begin(tx, TableRemoval.JobOf(table, jobId, JobKind.Copy) with
        {
            Copy = new CopyState(table.Id, logId, 0, backup.Id, ToBackup: true, table.Name),
        });
        return backup;
    }

    private static bool IsAsked(BackupState backup, ListBackupsRequest request, string? table) =>
        (table is null || backup.Table.Name == table)
        && (request.BackupType is null or "ALL" || request.BackupType == BackupDescriptions.KindOf(backup))
        && (request.TimeRangeLowerBound is not { } from || backup.CreatedAt >= from.ToUnixTimeMilliseconds())
        && (request.TimeRangeUpperBound is not { } to || backup.CreatedAt < to.ToUnixTimeMilliseconds());
}
