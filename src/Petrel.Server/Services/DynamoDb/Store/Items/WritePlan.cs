using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Expressions;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Storage;

namespace Petrel.Server.Services.DynamoDb.Store.Items;

internal enum WriteKind
{
    Put,
    Update,
    Delete,

    /// <summary>Only the condition is looked at.</summary>
    Check,
}

/// <summary>One write of an item as a request asks for it, checked as far as it can be without the item.</summary>
/// <param name="Table">As it is known before the transaction.</param>
/// <param name="Key">Of the item's row.</param>
internal sealed record WritePlan(TableState Table, Key Key, WriteKind Kind)
{
    /// <summary>The item that is put.</summary>
    public EncodedItem? Item { get; init; }

    /// <summary>The key attributes alone: what an update of an item that is not there begins with.</summary>
    public AttributeMap? KeyAttributes { get; init; }

    /// <summary>Null for an update that only makes the item be there.</summary>
    public Update? Update { get; init; }

    public Condition? Condition { get; init; }

    /// <summary>The item is part of the error when the condition does not hold.</summary>
    public bool ReturnsItemOnFailure { get; init; }

    public ItemWriterIdentity? Writer { get; init; }
}

/// <summary>What a plan does to the item that is there.</summary>
/// <param name="Table">As the transaction sees it.</param>
/// <param name="Holds">The condition; when false, nothing may be written.</param>
/// <param name="Update">What the update changed.</param>
internal readonly record struct WriteDecision(TableState Table, bool Holds, EncodedItem? Old, EncodedItem? New, UpdateOutcome? Update);

/// <summary>What a write used.</summary>
/// <param name="TableUnits">Write units of the table alone.</param>
/// <param name="IndexUnits">Of each index, in the table's order.</param>
internal readonly record struct WriteUnits(double TableUnits, double[] IndexUnits)
{
    public double Total
    {
        get
        {
            var total = TableUnits;
            foreach (var units in IndexUnits)
            {
                total += units;
            }

            return total;
        }
    }
}
