using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Storage;

namespace Petrel.Server.Services.DynamoDb.Store.Items;

/// <summary>
/// Compares what a table's indexes hold with what they should hold, and the counts with the rows: a check of the store at rest, since it
/// reads page by page.
/// </summary>
internal static class IndexCheck
{
    private const int Page = 500;

    /// <summary>What does not agree, in words; empty when all does.</summary>
    public static async Task<IReadOnlyList<string>> FindProblemsAsync(IStore store, TableState table, CancellationToken cancellationToken = default)
    {
        var problems = new List<string>();
        var items = await ReadAsync(store, ItemKeys.Table(table.Id), cancellationToken);
        await CompareCountsAsync(store, table.Id, $"table {table.Name}", items.Values, problems, cancellationToken);
        foreach (var index in table.Indexes)
        {
            var entries = await ReadAsync(store, ItemKeys.Index(index.Id), cancellationToken);
            Compare(table, index, items, entries, problems);
            await CompareCountsAsync(store, index.Id, $"index {index.Name}", entries.Values, problems, cancellationToken);
        }

        return problems;
    }

    private static void Compare(
        TableState table, IndexState index, Dictionary<Key, EncodedItem> items, Dictionary<Key, EncodedItem> entries, List<string> problems)
    {
        var expected = new Dictionary<Key, EncodedItem>();
        foreach (var (key, item) in items)
        {
            if (ItemKeys.TryOfEntry(index, item, key, out var entry))
            {
                expected.Add(entry, IndexWriter.Project(table, index, item));
            }
        }

        foreach (var (key, item) in expected)
        {
            if (!entries.TryGetValue(key, out var entry))
            {
                problems.Add($"Index {index.Name} lacks the entry {key}.");
            }
            else if (!entry.Equals(item))
            {
                problems.Add($"Index {index.Name} holds an old entry at {key}.");
            }
        }

        foreach (var key in entries.Keys)
        {
            if (!expected.ContainsKey(key))
            {
                problems.Add($"Index {index.Name} has an entry too many at {key}.");
            }
        }
    }

    private static async Task CompareCountsAsync(
        IStore store, ulong id, string name, IReadOnlyCollection<EncodedItem> rows, List<string> problems, CancellationToken cancellationToken)
    {
        var (items, bytes) = await store.ReadAsync(tx => ItemStore.CountAsync(tx, id), cancellationToken);
        long expectedBytes = 0;
        foreach (var row in rows)
        {
            expectedBytes += row.SizeBytes;
        }

        if (items != rows.Count || bytes != expectedBytes)
        {
            problems.Add($"The {name} has {rows.Count} rows of {expectedBytes} bytes and counts {items} of {bytes}.");
        }
    }

    private static async Task<Dictionary<Key, EncodedItem>> ReadAsync(IStore store, KeyRange range, CancellationToken cancellationToken)
    {
        var found = new Dictionary<Key, EncodedItem>();
        IReadOnlyList<KeyValue> page;
        do
        {
            var from = range;
            page = await store.ReadAsync(tx => tx.ScanAsync(from, Page), cancellationToken);
            foreach (var row in page)
            {
                found.Add(row.Key, ItemCodec.Decode(row.Value));
                range = range.After(row.Key);
            }
        }
        while (page.Count == Page);

        return found;
    }
}
