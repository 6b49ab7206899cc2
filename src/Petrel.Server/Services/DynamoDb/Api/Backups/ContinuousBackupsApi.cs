using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Api.Tables;
using Petrel.Server.Services.DynamoDb.Model.Backups;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Server.Services.DynamoDb.Store;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Api.Backups;

/// <summary>Switches point-in-time recovery on and off. While it is on, the table's log of changes keeps what each write replaced.</summary>
internal sealed class ContinuousBackupsApi(TableLedger ledger, IIdSource ids)
{
    public async Task<UpdateContinuousBackupsResult> UpdateAsync(UpdateContinuousBackupsRequest request, CallContext call)
    {
        var asked = request.PointInTimeRecoverySpecification;
        if (asked is { PointInTimeRecoveryEnabled: false, RecoveryPeriodInDays: not null })
        {
            throw CommonException.Validation("RecoveryPeriodInDays can only be specified when PointInTimeRecoveryEnabled is true");
        }

        var changed = await ChangeAsync(
            TableNames.Parse(request.TableName, call),
            (tx, table) => ValueTask.FromResult(asked.PointInTimeRecoveryEnabled ? Enable(table, asked.RecoveryPeriodInDays) : Disable(tx, table)),
            call);
        return new UpdateContinuousBackupsResult(Describe(changed));
    }

    public async Task<DescribeContinuousBackupsResult> DescribeAsync(DescribeContinuousBackupsRequest request, CallContext call)
    {
        var key = TableNames.Parse(request.TableName, call);
        var table = await ledger.ReadAsync(tx => TableStore.FindAsync(tx, key), call.Aborted)
            ?? throw new TableNotFoundException($"Table not found: {key.Name}");
        return new DescribeContinuousBackupsResult(Describe(table));
    }

    private async Task<TableState> ChangeAsync(
        TableKey key, Func<IWriteTransaction, TableState, ValueTask<TableState>> change, CallContext call)
    {
        try
        {
            return await ledger.ChangeAsync(key, change, call.Aborted);
        }
        catch (ResourceNotFoundException)
        {
            throw new TableNotFoundException($"Table not found: {key.Name}");
        }
    }

    private TableState Enable(TableState table, int? days)
    {
        if (table.Status == ResourceStatus.Creating)
        {
            throw new ContinuousBackupsUnavailableException($"Backups are being enabled for the table: {table.Name}. Please retry later");
        }

        return table.PointInTime is { } present
            ? table with { PointInTime = present with { RecoveryDays = days ?? present.RecoveryDays } }
            : table with { PointInTime = new PointInTimeState(ids.NextId(), ledger.Now.ToUnixTimeMilliseconds(), days ?? PointInTimeState.MaxDays) };
    }

    private TableState Disable(IWriteTransaction tx, TableState table)
    {
        if (table.PointInTime is not { } present)
        {
            return table;
        }

        if (table.Readers.Count > 0)
        {
            throw new ContinuousBackupsUnavailableException($"The table is being restored: {table.Name}. Please retry later");
        }

        JobStore.Begin(tx, TableRemoval.JobOf(table, ids.NextId(), JobKind.Purge) with { Purge = new PurgeState([], [], [], [present.LogId]) });
        return table with { PointInTime = null };
    }

    private ContinuousBackupsDescription Describe(TableState table) => new("ENABLED", table.PointInTime is { } present
        ? new PointInTimeRecoveryDescription(
            "ENABLED", present.RecoveryDays, TableDescriptions.Time(present.Earliest(ledger.Now)), ledger.Now)
        : new PointInTimeRecoveryDescription("DISABLED"));
}
