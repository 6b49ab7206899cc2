using Petrel.Server.Services.DynamoDb.Model.Backups;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Server.Services.DynamoDb.Store;
using Petrel.Server.Services.DynamoDb.Store.Items;
using Petrel.Storage;

namespace Petrel.Server.Services.DynamoDb.Jobs;

/// <summary>The end of a copy: what was written becomes usable, and what was read is free again.</summary>
internal sealed class CopyEnd(HistoryLog history)
{
    public async ValueTask EndAsync(IWriteTransaction tx, TableJob job, TableState target)
    {
        var copy = job.Copy!;
        if (copy.ToBackup)
        {
            await OpenBackupAsync(tx, job, target);
            history.Delete(tx, copy.LogId!.Value);
        }
        else
        {
            TableStore.Put(tx, target with { Status = ResourceStatus.Active, Restore = target.Restore! with { InProgress = false } });
            await FreeBackupAsync(tx, job);
        }

        await FreeTableAsync(tx, job);
        JobStore.End(tx, job);
    }

    private static async ValueTask OpenBackupAsync(IWriteTransaction tx, TableJob job, TableState target)
    {
        var (items, bytes) = await ItemStore.CountAsync(tx, target.Id);
        if (await CopyTarget.FindBackupAsync(tx, job) is { } backup)
        {
            BackupStore.Put(tx, backup with { Available = true, Items = items, SizeBytes = bytes });
        }
    }

    private static async ValueTask FreeBackupAsync(IWriteTransaction tx, TableJob job)
    {
        if (await CopyTarget.FindBackupAsync(tx, job) is { } backup)
        {
            BackupStore.Put(tx, backup with { Readers = [.. backup.Readers.Where(id => id != job.Id)] });
        }
    }

    private static async ValueTask FreeTableAsync(IWriteTransaction tx, TableJob job)
    {
        if (job.Copy!.SourceTable is { } name
            && await TableStore.FindAsync(tx, new TableKey(job.Account, job.Region, name)) is { } source
            && source.Readers.Contains(job.Id))
        {
            TableStore.Put(tx, source with
            {
                Readers = [.. source.Readers.Where(id => id != job.Id)],
                BackupLogs = [.. source.BackupLogs.Where(id => id != job.Copy.LogId)],
            });
        }
    }
}
