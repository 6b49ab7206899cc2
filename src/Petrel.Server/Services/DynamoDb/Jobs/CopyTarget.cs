using Petrel.Server.Services.DynamoDb.Model.Backups;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Server.Services.DynamoDb.Store;
using Petrel.Storage;

namespace Petrel.Server.Services.DynamoDb.Jobs;

/// <summary>What a copy writes to.</summary>
internal static class CopyTarget
{
    /// <summary>The new table; or the backup in the form of one without indexes, stream and expiry. Null when it is gone.</summary>
    public static async ValueTask<TableState?> FindAsync(IReadTransaction tx, TableJob job)
    {
        if (!job.Copy!.ToBackup)
        {
            return await TableStore.FindAsync(tx, job.Key) is { } table && table.Id == job.TableId ? table : null;
        }

        return await FindBackupAsync(tx, job) is { } backup
            ? backup.Table with
            {
                Id = backup.DataId,
                Indexes = [],
                Stream = null,
                TimeToLive = null,
                PointInTime = null,
                BackupLogs = [],
            }
            : null;
    }

    /// <summary>The backup that is written or read.</summary>
    public static async ValueTask<BackupState?> FindBackupAsync(IReadTransaction tx, TableJob job) =>
        job.Copy!.Backup is { } id ? await BackupStore.FindAsync(tx, new BackupKey(job.Account, job.Region, id)) : null;
}
