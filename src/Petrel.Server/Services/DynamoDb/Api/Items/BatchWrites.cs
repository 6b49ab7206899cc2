using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Items;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Server.Services.DynamoDb.Store;
using Petrel.Server.Services.DynamoDb.Store.Items;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Api.Items;

/// <summary>
/// BatchWriteItem: up to 25 puts and deletes, each a write of its own. All are checked before the first is made; those that the table's
/// throughput refuses come back.
/// </summary>
internal sealed class BatchWrites(TableCache tables, SingleWrite write, ThroughputGuard throughput, TableAccess access)
{
    private const int MaxItems = 25;
    private const string SchemaMismatch = "The provided key element does not match the schema";

    public async Task<BatchWriteItemResult> WriteAsync(BatchWriteItemRequest request, CallContext call)
    {
        Check(request);
        var steps = new List<BatchStep>(MaxItems);
        var seen = new HashSet<Key>();
        foreach (var (name, writes) in request.RequestItems)
        {
            var key = TableNames.ParseNested(name, call);
            await access.AuthorizeAsync("BatchWriteItem", key, call, writes.Select(static w => w.PutRequest?.Item ?? w.DeleteRequest?.Key).OfType<AttributeMap>());
            var table = await tables.GetAsync(key, call.Aborted);
            foreach (var wanted in writes)
            {
                var plan = Plan(table, wanted);
                steps.Add(new BatchStep(name, wanted, plan));
                if (!seen.Add(plan.Key))
                {
                    throw CommonException.Validation("Provided list of item keys contains duplicates");
                }
            }
        }

        await RunAsync(steps, call.Aborted);
        return Answer(request, steps);
    }

    private static void Check(BatchWriteItemRequest request)
    {
        var count = 0;
        foreach (var writes in request.RequestItems.Values)
        {
            if (writes.Count is 0 or > MaxItems)
            {
                throw CommonException.Validation(
                    "1 validation error detected: Value at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: "
                    + $"[Member must have length less than or equal to {MaxItems}, Member must have length greater than or equal to 1]");
            }

            count += writes.Count;
            foreach (var wanted in writes)
            {
                CheckWrite(wanted);
            }
        }

        if (count > MaxItems)
        {
            throw CommonException.Validation("Too many items requested for the BatchWriteItem call");
        }
    }

    private static void CheckWrite(WriteRequest wanted)
    {
        if (wanted.PutRequest is null == wanted.DeleteRequest is null)
        {
            throw CommonException.Validation(
                "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes");
        }

        wanted.PutRequest?.Item.ThrowIfBad();
        wanted.DeleteRequest?.Key.ThrowIfBad();
    }

    private static WritePlan Plan(TableState table, WriteRequest wanted)
    {
        if (wanted.DeleteRequest is { } delete)
        {
            ItemRules.CheckKey(table.Keys, delete.Key);
            return new WritePlan(table, ItemKeys.OfItem(table, delete.Key), WriteKind.Delete);
        }

        var item = wanted.PutRequest!.Item;
        var encoded = ItemWrites.Encode(item);
        if (!ItemRules.HasKey(table.Keys, item))
        {
            throw CommonException.Validation(SchemaMismatch);
        }

        ItemRules.CheckItem(table, item);
        return new WritePlan(table, ItemKeys.OfItem(table, item), WriteKind.Put) { Item = encoded };
    }

    /// <summary>All at once: the store commits them together, and each still stands for itself.</summary>
    private async Task RunAsync(List<BatchStep> steps, CancellationToken cancellationToken)
    {
        ServiceException? refusal = null;
        var running = new List<Task>(steps.Count);
        foreach (var step in steps)
        {
            if (throughput.TryAdmitWrite(step.Plan.Table) is { } refused)
            {
                refusal = refused;
            }
            else
            {
                running.Add(RunAsync(step, cancellationToken));
            }
        }

        if (running.Count == 0 && refusal is not null)
        {
            throw refusal;
        }

        await Task.WhenAll(running);
    }

    private async Task RunAsync(BatchStep step, CancellationToken cancellationToken) =>
        step.Outcome = await write.RunAdmittedAsync(step.Plan, cancellationToken);

    private static BatchWriteItemResult Answer(BatchWriteItemRequest request, List<BatchStep> steps)
    {
        var unprocessed = new Dictionary<string, List<WriteRequest>>();
        var metrics = new Dictionary<string, List<ItemCollectionMetrics>>();
        var tallies = new Dictionary<string, CapacityTally>();
        foreach (var step in steps)
        {
            if (step.Outcome is not { } outcome)
            {
                Add(unprocessed, step.Name, step.Wanted);
                continue;
            }

            if (outcome.Metrics(step.Wanted.PutRequest?.Item ?? step.Wanted.DeleteRequest!.Key, request.ReturnItemCollectionMetrics) is { } metric)
            {
                Add(metrics, step.Name, metric);
            }

            if (!tallies.TryGetValue(step.Name, out var tally))
            {
                tallies.Add(step.Name, tally = new CapacityTally(step.Name, outcome.Decision.Table));
            }

            tally.Add(outcome.Units.TableUnits, outcome.Units.IndexUnits);
        }

        return new BatchWriteItemResult(
            unprocessed,
            metrics.Count == 0 ? null : metrics,
            CapacityTally.ReportAll(tallies.Values, request.ReturnConsumedCapacity));
    }

    private static void Add<T>(Dictionary<string, List<T>> lists, string name, T element)
    {
        if (!lists.TryGetValue(name, out var list))
        {
            lists.Add(name, list = []);
        }

        list.Add(element);
    }

    private sealed record BatchStep(string Name, WriteRequest Wanted, WritePlan Plan)
    {
        /// <summary>Null while it has not been made.</summary>
        public WriteOutcome? Outcome { get; set; }
    }
}
