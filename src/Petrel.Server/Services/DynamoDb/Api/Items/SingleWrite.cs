using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Items;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Server.Services.DynamoDb.Store.Items;
using Petrel.Storage;

namespace Petrel.Server.Services.DynamoDb.Api.Items;

/// <summary>One planned write in a transaction of its own, within the table's throughput.</summary>
internal sealed class SingleWrite(IStore store, PlannedWrites writes, ThroughputGuard throughput)
{
    /// <exception cref="ConditionalCheckFailedException"/>
    /// <exception cref="ProvisionedThroughputExceededException"/>
    public ValueTask<WriteOutcome> RunAsync(WritePlan plan, CancellationToken cancellationToken)
    {
        throughput.AdmitWrite(plan.Table);
        return RunAdmittedAsync(plan, cancellationToken);
    }

    /// <summary>The same where the table's throughput has been asked already.</summary>
    public async ValueTask<WriteOutcome> RunAdmittedAsync(WritePlan plan, CancellationToken cancellationToken)
    {
        var outcome = await store.WriteAsync(tx => RunAsync(tx, plan), cancellationToken);
        throughput.ChargeWrite(outcome.Decision.Table, outcome.Units.TableUnits, outcome.Units.IndexUnits);
        return outcome.Decision.Holds
            ? outcome
            : throw new ConditionalCheckFailedException(plan.ReturnsItemOnFailure ? outcome.Decision.Old : null);
    }

    private async ValueTask<WriteOutcome> RunAsync(IWriteTransaction tx, WritePlan plan)
    {
        var decision = await PlannedWrites.DecideAsync(tx, plan);
        var units = writes.Write(tx, plan, decision);
        var collection = Collections.AreCounted(decision.Table) ? await Collections.SizeAsync(tx, decision.Table, plan.Key) : -1;
        return new WriteOutcome(decision, units, collection);
    }
}

/// <param name="CollectionBytes">Of the item's collection before the write; negative where the table has no collections.</param>
internal readonly record struct WriteOutcome(WriteDecision Decision, WriteUnits Units, long CollectionBytes)
{
    private const double BytesOfGb = 1024 * 1024 * 1024;

    /// <param name="name">The table as the request names it.</param>
    public ConsumedCapacity? Report(string name, string? mode)
    {
        if (mode is null)
        {
            return null;
        }

        var tally = new CapacityTally(name, Decision.Table);
        tally.Add(Units.TableUnits, Units.IndexUnits);
        return tally.Report(mode);
    }

    /// <summary>The size of the item's collection, in whole gigabytes below and above; null where nobody asks or the table has none.</summary>
    public ItemCollectionMetrics? Metrics(AttributeMap key, string? mode) =>
        mode == "SIZE" && CollectionBytes >= 0 ? Metrics(Decision.Table, key, CollectionBytes) : null;

    public static ItemCollectionMetrics Metrics(TableState table, AttributeMap key, long collectionBytes)
    {
        var partition = table.Keys.Partition.Name;
        var below = Math.Floor(collectionBytes / BytesOfGb);
        return new ItemCollectionMetrics(AttributeMap.Of((partition, key[partition])), [below, below + 1]);
    }
}
