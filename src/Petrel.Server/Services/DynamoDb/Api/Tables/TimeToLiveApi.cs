using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Backups;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Server.Services.DynamoDb.Store;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Api.Tables;

/// <summary>Switches the expiry of items on and off.</summary>
internal sealed class TimeToLiveApi(TableLedger ledger, IIdSource ids)
{
    public async Task<UpdateTimeToLiveResult> UpdateAsync(UpdateTimeToLiveRequest request, CallContext call)
    {
        var asked = request.TimeToLiveSpecification;
        await ledger.ChangeAsync(
            TableNames.Parse(request.TableName, call),
            (tx, table) => ValueTask.FromResult(asked.Enabled ? Enable(tx, table, asked.AttributeName) : Disable(tx, table, asked.AttributeName)),
            call.Aborted);
        return new UpdateTimeToLiveResult(asked);
    }

    public async Task<DescribeTimeToLiveResult> DescribeAsync(DescribeTimeToLiveRequest request, CallContext call)
    {
        var table = await ledger.GetAsync(TableNames.Parse(request.TableName, call), call.Aborted);
        return new DescribeTimeToLiveResult(Describe(table.TimeToLive));
    }

    public static TimeToLiveDescription Describe(TimeToLiveState? state) => state is null
        ? new TimeToLiveDescription("DISABLED")
        : new TimeToLiveDescription(state.Filling ? "ENABLING" : "ENABLED", state.Attribute);

    private TableState Enable(IWriteTransaction tx, TableState table, string attribute)
    {
        CheckUsable(table);
        if (table.TimeToLive is { } now)
        {
            throw CommonException.Validation(now.Attribute == attribute
                ? "TimeToLive is already enabled"
                : $"TimeToLive is active on a different AttributeName: current AttributeName is {now.Attribute}");
        }

        var enabled = table with { TimeToLive = new TimeToLiveState(attribute, ids.NextId(), Filling: true) };
        TtlRows.Join(tx, enabled);
        JobStore.Begin(tx, TableRemoval.JobOf(table, ids.NextId(), JobKind.FillExpiry) with { Part = enabled.TimeToLive.RowsId });
        return enabled;
    }

    private TableState Disable(IWriteTransaction tx, TableState table, string attribute)
    {
        CheckUsable(table);
        if (table.TimeToLive is not { } now)
        {
            throw CommonException.Validation("TimeToLive is already disabled");
        }

        if (now.Attribute != attribute)
        {
            throw CommonException.Validation($"TimeToLive is active on a different AttributeName: current AttributeName is {now.Attribute}");
        }

        TtlRows.Leave(tx, table);
        JobStore.Begin(tx, TableRemoval.JobOf(table, ids.NextId(), JobKind.Purge) with { Purge = new PurgeState([], [], [now.RowsId], []) });
        return table with { TimeToLive = null };
    }

    private static void CheckUsable(TableState table)
    {
        if (!table.IsUsable)
        {
            throw new ResourceInUseException($"Attempt to change a resource which is still in use: Table is being created: {table.Name}");
        }
    }
}
