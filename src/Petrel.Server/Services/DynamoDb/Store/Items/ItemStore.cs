using Petrel.Storage;

namespace Petrel.Server.Services.DynamoDb.Store.Items;

/// <summary>Rows of items and of index entries, both alike, and how many a table or index has.</summary>
internal static class ItemStore
{
    private static readonly Subspace Counts = new("dynamodb", "count");

    /// <summary>The item at a key; null when there is none.</summary>
    public static ValueTask<EncodedItem?> FindAsync(IReadTransaction tx, Key key)
    {
        var value = tx.GetAsync(key);
        return value.IsCompletedSuccessfully ? new(Read(value.Result)) : FindSlowAsync(value);
    }

    /// <summary>Items at keys, in their order; null where there is none.</summary>
    public static async ValueTask<IReadOnlyList<EncodedItem?>> FindManyAsync(IReadTransaction tx, IReadOnlyList<Key> keys)
    {
        var values = await tx.GetManyAsync(keys);
        var found = new EncodedItem?[values.Count];
        for (var i = 0; i < found.Length; i++)
        {
            found[i] = Read(values[i]);
        }

        return found;
    }

    public static void Put(IWriteTransaction tx, Key key, EncodedItem item) => tx.Put(key, item.Bytes);

    /// <summary>Adds to the counts of a table or index: its items, and the sum of their sizes.</summary>
    public static void AddCounts(IWriteTransaction tx, ulong id, int items, int bytes)
    {
        if (items != 0)
        {
            tx.Add(Counts.Key(id, "items"), items);
        }

        if (bytes != 0)
        {
            tx.Add(Counts.Key(id, "bytes"), bytes);
        }
    }

    public static async ValueTask<(long Items, long Bytes)> CountAsync(IReadTransaction tx, ulong id) =>
        (await tx.GetCounterAsync(Counts.Key(id, "items")), await tx.GetCounterAsync(Counts.Key(id, "bytes")));

    /// <summary>The counters of a table or index, for its removal.</summary>
    public static KeyRange CountsOf(ulong id) => Counts.Range(id);

    private static EncodedItem? Read(ReadOnlyMemory<byte>? value) => value is { } bytes ? ItemCodec.Decode(bytes) : null;

    private static async ValueTask<EncodedItem?> FindSlowAsync(ValueTask<ReadOnlyMemory<byte>?> value) => Read(await value);
}
