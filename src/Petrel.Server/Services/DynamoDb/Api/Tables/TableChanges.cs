using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Backups;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Server.Services.DynamoDb.Store;
using Petrel.Server.Services.DynamoDb.Store.Items;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Api.Tables;

/// <summary>Changes tables: what takes many transactions begins as a job; the rest is done when the request is answered.</summary>
internal sealed class TableChanges(TableLedger ledger, TableStreams streams, IIdSource ids)
{
    public async Task<UpdateTableResult> UpdateAsync(UpdateTableRequest request, CallContext call)
    {
        var key = TableNames.Parse(request.TableName, call);
        TableUpdate.Check(request);
        TableState? before = null;
        var changed = await ledger.ChangeAsync(
            key,
            async (tx, table) =>
            {
                before = table;
                var outcome = new TableUpdate(request, table, ids, ledger.Now).Decide();
                await BeginJobsAsync(tx, outcome);
                return await SwitchStreamAsync(tx, outcome.Table, request.StreamSpecification);
            },
            call.Aborted);
        return new UpdateTableResult(Answer(await ledger.DescribeAsync(changed, call.Aborted), before!));
    }

    private async ValueTask BeginJobsAsync(IWriteTransaction tx, TableUpdateOutcome outcome)
    {
        if (outcome.Filled is { } filled)
        {
            JobStore.Begin(tx, TableRemoval.JobOf(outcome.Table, ids.NextId(), JobKind.FillIndex) with { Index = filled.Name, Part = filled.Id });
        }

        if (outcome.Emptied is { } emptied)
        {
            var (items, bytes) = await ItemStore.CountAsync(tx, emptied.Id);
            JobStore.Begin(tx, TableRemoval.JobOf(outcome.Table, ids.NextId(), JobKind.Purge) with
            {
                Index = emptied.Name,
                Purge = new PurgeState([], [emptied.Id], [], [], TableRemoval.SlicesOf([new ItemCounts(items, bytes)])),
            });
        }
    }

    private async ValueTask<TableState> SwitchStreamAsync(IWriteTransaction tx, TableState table, StreamSpecification? asked)
    {
        if (asked is null)
        {
            return table;
        }

        var view = StreamRules.ViewOf(asked);
        StreamRules.CheckChange(table, view);
        return view is null ? await streams.CloseAsync(tx, table) : streams.Open(tx, table, view);
    }

    /// <summary>As the service answers: it is still at it, and throughput is still as it was.</summary>
    private static TableDescription Answer(TableDescription description, TableState before)
    {
        var throughput = before.Throughput is { } old && description.ProvisionedThroughput.ReadCapacityUnits > 0
            ? description.ProvisionedThroughput with { ReadCapacityUnits = old.ReadUnits, WriteCapacityUnits = old.WriteUnits }
            : description.ProvisionedThroughput;
        return description with { TableStatus = "UPDATING", ProvisionedThroughput = throughput };
    }
}
