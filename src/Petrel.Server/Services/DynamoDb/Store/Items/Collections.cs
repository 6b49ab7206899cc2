using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Storage;

namespace Petrel.Server.Services.DynamoDb.Store.Items;

/// <summary>
/// The exact sizes of item collections, kept for tables with local indexes: a collection is all items of one partition key with their
/// entries in local indexes, and may be 10 GB large.
/// </summary>
internal static class Collections
{
    public const long MaxBytes = 10L * 1024 * 1024 * 1024;

    private static readonly Subspace Sizes = new("dynamodb", "collection");

    public static bool AreCounted(TableState table)
    {
        foreach (var index in table.Indexes)
        {
            if (!index.IsGlobal)
            {
                return true;
            }
        }

        return false;
    }

    public static void Add(IWriteTransaction tx, TableState table, Key itemKey, long bytes)
    {
        if (bytes != 0)
        {
            tx.Add(KeyOf(table, itemKey), bytes);
        }
    }

    public static ValueTask<long> SizeAsync(IReadTransaction tx, TableState table, Key itemKey) => tx.GetCounterAsync(KeyOf(table, itemKey));

    /// <summary>The counters of a table, for its removal.</summary>
    public static KeyRange Of(ulong tableId) => Sizes.Range(tableId);

    private static Key KeyOf(TableState table, Key itemKey)
    {
        var builder = new TupleBuilder(Sizes, stackalloc byte[TransactionLimits.MaxKeyBytes]);
        builder.Append(table.Id);
        builder.Append(ItemKeys.CollectionOf(itemKey));
        return builder.ToKey();
    }
}
