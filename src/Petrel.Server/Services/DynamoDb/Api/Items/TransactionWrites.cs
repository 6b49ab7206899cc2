using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Items;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Server.Services.DynamoDb.Model.Values;
using Petrel.Server.Services.DynamoDb.Store;
using Petrel.Server.Services.DynamoDb.Store.Items;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Api.Items;

/// <summary>
/// TransactWriteItems: up to 100 actions, all or none, in one transaction of the store, which is serialisable. All conditions are looked at
/// before the first write, so that every reason is told.
/// </summary>
internal sealed class TransactionWrites(TableCache tables, TransactionRun run, ThroughputGuard throughput, TableAccess access)
{
    public async Task<TransactWriteItemsResult> WriteAsync(TransactWriteItemsRequest request, CallContext call)
    {
        var actions = request.TransactItems.ConvertAll(TransactionAction.Read);
        TransactionLimit.Check(PayloadBytes(actions));
        var found = new List<TableState>(actions.Count);
        foreach (var action in actions)
        {
            var key = TableNames.ParseNested(action.TableName, call);
            await access.AuthorizeAsync(action.Action, key, call, [action.Item]);
            found.Add(await tables.GetAsync(key, call.Aborted));
        }

        var plans = Plan(actions, found);
        Admit(found);
        var token = request.ClientRequestToken is { } text
            ? new TransactionStart(new TransactionToken(call.Account, call.Region, text), TransactionDigest.Of(actions))
            : null;
        var outcome = await run.RunAsync(plans, token, call.Aborted);
        return Answer(request, actions, outcome);
    }

    private static long PayloadBytes(List<TransactionAction> actions)
    {
        long bytes = 0;
        foreach (var action in actions)
        {
            bytes += ItemSize.Of(action.Item) + (action.Text.Values is { } values ? ItemSize.Of(values) : 0);
        }

        return bytes;
    }

    private static List<WritePlan> Plan(List<TransactionAction> actions, List<TableState> found)
    {
        var plans = new List<WritePlan>(actions.Count);
        var seen = new HashSet<Key>();
        for (var i = 0; i < actions.Count; i++)
        {
            ItemRules.CheckKeyIsFilled(found[i].Keys, actions[i].Item);
            try
            {
                plans.Add(actions[i].Plan(found[i]));
            }
            catch (CommonException problem)
            {
                throw Cancellations.Of(actions.Count, i, Cancellations.Invalid(problem));
            }

            if (!seen.Add(plans[i].Key))
            {
                throw CommonException.Validation("Transaction request cannot include multiple operations on one item");
            }
        }

        return plans;
    }

    private void Admit(List<TableState> found)
    {
        for (var i = 0; i < found.Count; i++)
        {
            if (throughput.TryAdmitWrite(found[i]) is { } refusal)
            {
                throw Cancellations.Of(found.Count, i, Cancellations.Throttled(refusal));
            }
        }
    }

    private TransactWriteItemsResult Answer(TransactWriteItemsRequest request, List<TransactionAction> actions, TransactionOutcome outcome)
    {
        var use = outcome.IsRepeated ? CapacityUse.TransactionRead : CapacityUse.TransactionWrite;
        var tallies = new Dictionary<string, CapacityTally>();
        var metrics = new Dictionary<string, List<ItemCollectionMetrics>>();
        for (var i = 0; i < actions.Count; i++)
        {
            var step = outcome.Steps[i];
            var table = step.Decision.Table;
            if (outcome.IsRepeated)
            {
                throughput.ChargeRead(table, null, step.Units.TableUnits);
            }
            else
            {
                throughput.ChargeWrite(table, step.Units.TableUnits, step.Units.IndexUnits);
            }

            TransactionLimit.TallyOf(tallies, actions[i].TableName, table).Add(step.Units.TableUnits, step.Units.IndexUnits);
            if (step.Metrics(actions[i].Item, request.ReturnItemCollectionMetrics) is { } metric)
            {
                if (!metrics.TryGetValue(actions[i].TableName, out var list))
                {
                    metrics.Add(actions[i].TableName, list = []);
                }

                list.Add(metric);
            }
        }

        return new TransactWriteItemsResult(
            CapacityTally.ReportAll(tallies.Values, request.ReturnConsumedCapacity, use), metrics.Count == 0 ? null : metrics);
    }
}
