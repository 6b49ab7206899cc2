using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Api.Tables;
using Petrel.Server.Services.DynamoDb.Model.Backups;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Server.Services.DynamoDb.Store;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Api.Backups;

/// <summary>Makes tables of what others held: of a backup, or of a table at a moment. Until the copy is made the new table is CREATING.</summary>
internal sealed class RestoresApi(TableLedger ledger, TableAccess access, IIdSource ids)
{
    public async Task<RestoreTableToPointInTimeResult> RestoreToPointInTimeAsync(RestoreTableToPointInTimeRequest request, CallContext call)
    {
        var source = SourceOf(request, call);
        var target = TargetOf(request.TargetTableName, call);
        await access.AuthorizeAsync(nameof(IDynamoDb.RestoreTableToPointInTime), target, call);
        var overrides = new RestoreOverrides(
            request.BillingModeOverride,
            request.GlobalSecondaryIndexOverride,
            request.LocalSecondaryIndexOverride,
            request.ProvisionedThroughputOverride,
            request.OnDemandThroughputOverride,
            request.SSESpecificationOverride);
        var made = await ledger.WriteAsync(
            async tx =>
            {
                var table = await TableStore.FindAsync(tx, source) ?? throw new TableNotFoundException($"Table not found: {source.Name}");
                var at = MomentOf(table, request);
                await ClaimAsync(tx, target);
                var restored = RestoredTable.Create(table, target, overrides, ids, new RestoreState(table.Arn, null, at, true), NowMs());
                BeginCopy(tx, table, restored, at);
                return TableStore.Put(tx, restored);
            },
            call.Aborted);
        ledger.Forget(source);
        ledger.Forget(target);
        return new RestoreTableToPointInTimeResult(await ledger.DescribeAsync(made, call.Aborted));
    }

    public async Task<RestoreTableFromBackupResult> RestoreFromBackupAsync(RestoreTableFromBackupRequest request, CallContext call)
    {
        var target = TargetOf(request.TargetTableName, call);
        await access.AuthorizeAsync(nameof(IDynamoDb.RestoreTableFromBackup), target, call);
        var overrides = new RestoreOverrides(
            request.BillingModeOverride,
            request.GlobalSecondaryIndexOverride,
            request.LocalSecondaryIndexOverride,
            request.ProvisionedThroughputOverride,
            request.OnDemandThroughputOverride,
            request.SSESpecificationOverride);
        var made = await ledger.WriteAsync(
            async tx =>
            {
                var backup = await BackupsApi.FindAsync(tx, request.BackupArn);
                if (!backup.Available)
                {
                    throw new BackupInUseException($"Backup is being created: {request.BackupArn}");
                }

                await ClaimAsync(tx, target);
                var origin = new RestoreState(backup.Table.Arn, backup.Arn, backup.CreatedAt, true);
                var restored = RestoredTable.Create(backup.Table, target, overrides, ids, origin, NowMs());
                BeginCopy(tx, backup, restored);
                return TableStore.Put(tx, restored);
            },
            call.Aborted);
        ledger.Forget(target);
        return new RestoreTableFromBackupResult(await ledger.DescribeAsync(made, call.Aborted));
    }

    private void BeginCopy(IWriteTransaction tx, TableState source, TableState target, long at)
    {
        var jobId = ids.NextId();
        TableStore.Put(tx, source with { Readers = [.. source.Readers, jobId] });
        JobStore.Begin(tx, TableRemoval.JobOf(target, jobId, JobKind.Copy) with
        {
            Copy = new CopyState(source.Id, source.PointInTime!.LogId, at, null, ToBackup: false, source.Name),
        });
    }

    private void BeginCopy(IWriteTransaction tx, BackupState backup, TableState target)
    {
        var jobId = ids.NextId();
        BackupStore.Put(tx, backup with { Readers = [.. backup.Readers, jobId] });
        JobStore.Begin(tx, TableRemoval.JobOf(target, jobId, JobKind.Copy) with
        {
            Copy = new CopyState(backup.DataId, null, 0, backup.Id, ToBackup: false, null),
        });
    }

    /// <summary>The moment that is restored, in milliseconds since 1970.</summary>
    private long MomentOf(TableState table, RestoreTableToPointInTimeRequest request)
    {
        if (table.PointInTime is not { } history)
        {
            throw new PointInTimeRecoveryUnavailableException($"Point in time recovery is not enabled for table '{table.Name}'");
        }

        if (request is { UseLatestRestorableTime: true, RestoreDateTime: not null })
        {
            throw CommonException.Validation("RestoreDateTime and UseLatestRestorableTime cannot be given together");
        }

        if (request.UseLatestRestorableTime == true)
        {
            return NowMs();
        }

        var at = request.RestoreDateTime?.ToUnixTimeMilliseconds()
            ?? throw CommonException.Validation("One of RestoreDateTime and UseLatestRestorableTime is required");

        // Clients send whole seconds: the second in which recovery was enabled counts as after it.
        var earliest = history.Earliest(ledger.Now) / 1_000 * 1_000;
        return at >= earliest && at <= NowMs()
            ? Math.Max(at, history.EnabledAt)
            : throw new InvalidRestoreTimeException("The provided restore date is not within the restorable range");
    }

    private static async ValueTask ClaimAsync(IWriteTransaction tx, TableKey target)
    {
        try
        {
            await TablesApi.ClaimNameAsync(tx, target);
        }
        catch (ResourceInUseException)
        {
            throw new TableAlreadyExistsException($"Table already exists: {target.Name}");
        }
    }

    private static TableKey TargetOf(string name, CallContext call) => new(call.Account, call.Region, name);

    private static TableKey SourceOf(RestoreTableToPointInTimeRequest request, CallContext call)
    {
        var key = (request.SourceTableArn, request.SourceTableName) switch
        {
            (null, null) => throw CommonException.Validation("One of SourceTableName and SourceTableArn is required"),
            ({ } arn, null) => TableNames.Parse(arn, call),
            (null, { } name) => new TableKey(call.Account, call.Region, name),
            _ => throw CommonException.Validation("SourceTableName and SourceTableArn cannot be given together"),
        };
        return key.Account == call.Account && key.Region == call.Region
            ? key
            : throw CommonException.NotImplemented("dynamodb", "RestoreTableToPointInTime from another account or region");
    }

    private long NowMs() => ledger.Now.ToUnixTimeMilliseconds();
}
