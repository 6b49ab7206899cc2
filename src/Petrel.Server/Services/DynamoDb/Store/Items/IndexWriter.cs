using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Server.Services.DynamoDb.Model.Values;
using Petrel.Storage;

namespace Petrel.Server.Services.DynamoDb.Store.Items;

/// <summary>Keeps the entries of a table's indexes as its items are: each item that has an index's key attributes has one entry in it.</summary>
internal static class IndexWriter
{
    /// <summary>Writes what a change of an item changes in the indexes.</summary>
    /// <param name="units">Gets the write units of each index, in the table's order; empty where nobody asks.</param>
    /// <returns>By how many bytes the entries of local indexes grew.</returns>
    public static int Write(IWriteTransaction tx, in ItemChange change, Span<double> units)
    {
        var indexes = change.Table.Indexes;
        var grown = 0;
        for (var i = 0; i < indexes.Count; i++)
        {
            if (!indexes[i].Holds(change.Key.Span))
            {
                continue;
            }

            var (used, bytes) = WriteEntry(tx, change, indexes[i]);
            grown += indexes[i].IsGlobal ? 0 : bytes;
            if (!units.IsEmpty)
            {
                units[i] = used;
            }
        }

        return grown;
    }

    /// <summary>Writes an item's entry in one index, where it has one: for the filling of a new index, which has none of this item yet.</summary>
    public static void Put(IWriteTransaction tx, TableState table, IndexState index, Key key, EncodedItem item) =>
        WriteEntry(tx, new ItemChange(table, key, null, item), index);

    /// <summary>What an index holds of an item.</summary>
    public static EncodedItem Project(TableState table, IndexState index, EncodedItem item)
    {
        if (index.Projection == ProjectionKind.All)
        {
            return item;
        }

        var projected = new AttributeMapBuilder(4 + index.Included.Count);
        Copy(item, projected, table.Keys);
        Copy(item, projected, index.Keys);
        foreach (var name in index.Included)
        {
            Copy(item, projected, name);
        }

        return ItemCodec.Decode(ItemCodec.Encode(projected.Build()));
    }

    /// <returns>The write units (an entry more or less is one write; one that moves is two, since it is deleted and put), and growth.</returns>
    private static (double Units, int Bytes) WriteEntry(IWriteTransaction tx, in ItemChange change, IndexState index)
    {
        Key oldKey = default, newKey = default;
        var hadEntry = change.Old is not null && ItemKeys.TryOfEntry(index, change.Old, change.Key, out oldKey);
        var hasEntry = change.New is not null && ItemKeys.TryOfEntry(index, change.New, change.Key, out newKey);
        var old = hadEntry ? Project(change.Table, index, change.Old!) : null;
        var entry = hasEntry ? Project(change.Table, index, change.New!) : null;
        var stays = hadEntry && hasEntry && oldKey == newKey;
        if (stays && old!.Bytes.Span.SequenceEqual(entry!.Bytes.Span))
        {
            return (0, 0);
        }

        if (hadEntry && !stays)
        {
            tx.Delete(oldKey);
        }

        if (entry is not null)
        {
            ItemStore.Put(tx, newKey, entry);
        }

        var (oldBytes, bytes) = (old?.SizeBytes ?? 0, entry?.SizeBytes ?? 0);
        ItemStore.AddCounts(tx, index.Id, (hasEntry ? 1 : 0) - (hadEntry ? 1 : 0), bytes - oldBytes);
        var units = stays
            ? CapacityUnits.OfWrite(Math.Max(oldBytes, bytes))
            : (hadEntry ? CapacityUnits.OfWrite(oldBytes) : 0) + (hasEntry ? CapacityUnits.OfWrite(bytes) : 0);
        return (units, bytes - oldBytes);
    }

    private static void Copy(EncodedItem item, AttributeMapBuilder projected, KeySchema keys)
    {
        Copy(item, projected, keys.Partition.Name);
        if (keys.Sort is not null)
        {
            Copy(item, projected, keys.Sort.Name);
        }
    }

    private static void Copy(EncodedItem item, AttributeMapBuilder projected, string name)
    {
        if (item.TryGetValue(name, out var value))
        {
            projected.Set(name, value);
        }
    }
}
