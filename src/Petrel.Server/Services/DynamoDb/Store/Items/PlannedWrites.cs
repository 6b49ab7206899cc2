using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Expressions;
using Petrel.Server.Services.DynamoDb.Model.Items;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Server.Services.DynamoDb.Model.Values;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Store.Items;

/// <summary>Carries out plans inside a transaction: first decides on the item as it is, then writes.</summary>
internal sealed class PlannedWrites(ItemWriter writer)
{
    /// <summary>Reads the item and decides; writes nothing.</summary>
    /// <exception cref="CommonException">The item does not allow the update (<c>ValidationException</c>).</exception>
    /// <exception cref="ResourceNotFoundException">The table has gone.</exception>
    public static async ValueTask<WriteDecision> DecideAsync(IReadTransaction tx, WritePlan plan)
    {
        var table = await TableStore.RefreshAsync(tx, plan.Table);
        var old = await ItemStore.FindAsync(tx, plan.Key);
        if (plan.Condition is not null && !plan.Condition.Holds(old ?? AttributeMap.Empty))
        {
            return new WriteDecision(table, Holds: false, old, null, null);
        }

        var outcome = plan.Kind == WriteKind.Update ? Updated(plan, old) : null;
        var item = outcome is null ? plan.Item : MakesNothing(plan, old, outcome) ? null : EncodeUpdated(table, plan, outcome);
        if (item is not null && item.SizeBytes > (old?.SizeBytes ?? 0) && Collections.AreCounted(table)
            && await Collections.SizeAsync(tx, table, plan.Key) + item.SizeBytes > Collections.MaxBytes)
        {
            throw new ItemCollectionSizeLimitExceededException("Collection size exceeded.");
        }

        return new WriteDecision(table, Holds: true, old, item, outcome);
    }

    /// <summary>Writes what was decided in the same transaction; a condition that does not hold costs as much as the item is large.</summary>
    public WriteUnits Write(IWriteTransaction tx, WritePlan plan, in WriteDecision decision)
    {
        if (plan.Kind == WriteKind.Check || !decision.Holds)
        {
            return new WriteUnits(CapacityUnits.OfWrite(decision.Old?.SizeBytes ?? 0), []);
        }

        var indexUnits = decision.Table.Indexes.Count == 0 ? Array.Empty<double>() : new double[decision.Table.Indexes.Count];
        var change = new ItemChange(decision.Table, plan.Key, decision.Old, decision.New, plan.Writer);
        return new WriteUnits(writer.Write(tx, change, indexUnits), indexUnits);
    }

    /// <summary>An update that only removes makes no item where there was none; one that says nothing at all makes it.</summary>
    private static bool MakesNothing(WritePlan plan, EncodedItem? old, UpdateOutcome outcome) =>
        old is null && plan.Update is { Attributes.Count: > 0 } && outcome.Item.Count == plan.KeyAttributes!.Count;

    private static EncodedItem EncodeUpdated(TableState table, WritePlan plan, UpdateOutcome outcome)
    {
        var item = ItemCodec.Decode(ItemCodec.Encode(outcome.Item));
        if (item.SizeBytes > ItemSize.MaxBytes)
        {
            throw CommonException.Validation("Item size to update has exceeded the maximum allowed size");
        }

        if (plan.Update is not null)
        {
            ItemRules.CheckUpdated(table, plan.Update, item);
        }

        return item;
    }

    private static UpdateOutcome Updated(WritePlan plan, EncodedItem? old)
    {
        var before = old ?? plan.KeyAttributes!;
        return plan.Update is null ? new UpdateOutcome(before) : plan.Update.Apply(before);
    }
}
