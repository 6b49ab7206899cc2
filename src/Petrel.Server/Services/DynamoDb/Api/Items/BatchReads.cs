using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Expressions;
using Petrel.Server.Services.DynamoDb.Model.Items;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Server.Services.DynamoDb.Model.Values;
using Petrel.Server.Services.DynamoDb.Store;
using Petrel.Server.Services.DynamoDb.Store.Items;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Api.Items;

/// <summary>BatchGetItem: up to 100 items of several tables and 16 MB; what does not fit comes back as a request for the rest.</summary>
internal sealed class BatchReads(IStore store, TableCache tables, ThroughputGuard throughput, TableAccess access)
{
    private const int MaxKeys = 100;
    private const int MaxBytes = 16 * 1024 * 1024;

    /// <summary>Rows read in one snapshot: 8 of the largest items are 3 MB.</summary>
    private const int Chunk = 8;

    public async Task<BatchGetItemResult> GetAsync(BatchGetItemRequest request, CallContext call)
    {
        Check(request);
        var parts = new List<BatchPart>(request.RequestItems.Count);
        foreach (var (name, wanted) in request.RequestItems)
        {
            parts.Add(await PrepareAsync(name, wanted, call));
        }

        var answer = new BatchAnswer();
        foreach (var part in parts)
        {
            await ReadAsync(part, answer, call.Aborted);
        }

        if (answer.Refusal is not null && answer.IsEmpty)
        {
            throw answer.Refusal;
        }

        return answer.ToResult(request.ReturnConsumedCapacity);
    }

    private static void Check(BatchGetItemRequest request)
    {
        var (count, expression, legacy) = (0, default(string), default(List<string>));
        foreach (var wanted in request.RequestItems.Values)
        {
            // The parameters of all tables must stand together.
            (expression, legacy) = (wanted.ProjectionExpression ?? expression, wanted.AttributesToGet ?? legacy);
            ItemReads.CheckParameters(wanted.ProjectionExpression, wanted.ExpressionAttributeNames, wanted.AttributesToGet);
            ItemReads.CheckParameters(expression, null, legacy);
            count += wanted.Keys.Count;
            var seen = new HashSet<AttributeMap>();
            foreach (var key in wanted.Keys)
            {
                key.ThrowIfBad();
                if (!seen.Add(key))
                {
                    throw CommonException.Validation("Provided list of item keys contains duplicates");
                }
            }
        }

        if (count > MaxKeys)
        {
            throw CommonException.Validation("Too many items requested for the BatchGetItem call");
        }
    }

    private async ValueTask<BatchPart> PrepareAsync(string name, KeysAndAttributes wanted, CallContext call)
    {
        var projection = ItemReads.ProjectionOf(wanted.ProjectionExpression, wanted.ExpressionAttributeNames, wanted.AttributesToGet);
        var tableKey = TableNames.ParseNested(name, call);
        await access.AuthorizeAsync("BatchGetItem", tableKey, call, wanted.Keys);
        var table = await tables.GetAsync(tableKey, call.Aborted);
        var keys = new List<Key>(wanted.Keys.Count);
        foreach (var key in wanted.Keys)
        {
            ItemRules.CheckKey(table.Keys, key);
            keys.Add(ItemKeys.OfItem(table, key));
        }

        return new BatchPart(name, table, wanted, keys, projection);
    }

    private async ValueTask ReadAsync(BatchPart part, BatchAnswer answer, CancellationToken cancellationToken)
    {
        var found = new List<AttributeMap>(part.Keys.Count);
        var tally = new CapacityTally(part.Name, part.Table);
        var at = 0;
        while (at < part.Keys.Count && !answer.IsFull && Admit(part.Table, answer))
        {
            var chunk = part.Keys.GetRange(at, Math.Min(Chunk, part.Keys.Count - at));
            var items = await store.ReadAsync(tx => ItemStore.FindManyAsync(tx, chunk), cancellationToken);
            for (var i = 0; i < items.Count; i++, at++)
            {
                answer.IsFull = answer.Bytes + (items[i]?.SizeBytes ?? 0) > MaxBytes;
                if (answer.IsFull)
                {
                    break;
                }

                var units = CapacityUnits.OfRead(items[i]?.SizeBytes ?? 0, part.Wanted.ConsistentRead == true);
                throughput.ChargeRead(part.Table, null, units);
                tally.Add(units, []);
                if (items[i] is { } item)
                {
                    answer.Bytes += item.SizeBytes;
                    found.Add(part.Projection is null ? item : part.Projection.Project(item));
                }
            }
        }

        answer.Responses[part.Name] = found;
        answer.Tallies.Add(tally);
        answer.Processed += at;
        if (at < part.Keys.Count)
        {
            answer.Unprocessed[part.Name] = part.Wanted with { Keys = part.Wanted.Keys.GetRange(at, part.Keys.Count - at) };
        }
    }

    private bool Admit(TableState table, BatchAnswer answer)
    {
        try
        {
            throughput.AdmitRead(table);
            return true;
        }
        catch (ServiceException refusal)
        {
            answer.Refusal = refusal;
            return false;
        }
    }

    private sealed record BatchPart(string Name, TableState Table, KeysAndAttributes Wanted, List<Key> Keys, Projection? Projection);

    private sealed class BatchAnswer
    {
        public Dictionary<string, IReadOnlyList<AttributeMap>> Responses { get; } = [];

        public Dictionary<string, KeysAndAttributes> Unprocessed { get; } = [];

        public List<CapacityTally> Tallies { get; } = [];

        public long Bytes { get; set; }

        /// <summary>The next item would not fit any more.</summary>
        public bool IsFull { get; set; }

        public int Processed { get; set; }

        public ServiceException? Refusal { get; set; }

        public bool IsEmpty => Processed == 0;

        public BatchGetItemResult ToResult(string? mode) =>
            new(Responses, Unprocessed, CapacityTally.ReportAll(Tallies, mode));
    }
}
