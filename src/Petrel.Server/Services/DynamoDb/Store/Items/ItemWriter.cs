using Petrel.Server.Services.DynamoDb.Model.Values;
using Petrel.Storage;

namespace Petrel.Server.Services.DynamoDb.Store.Items;

/// <summary>
/// The one place where items change: every put, update, delete, transaction, expiry and import comes through here, inside its own
/// transaction, and writes the item's row, its entries in indexes, the counts, and what <see cref="IItemFollower"/>s add.
/// </summary>
internal sealed class ItemWriter(IEnumerable<IItemFollower> followers)
{
    private readonly IItemFollower[] _followers = [.. followers];

    /// <summary>
    /// Writes a change. The old image is what the row holds in this transaction, and the table is as this transaction sees it
    /// (<see cref="TableStore.RefreshAsync"/>). A change that changes nothing writes nothing.
    /// </summary>
    /// <param name="indexUnits">Gets the write units of each index, in the table's order; empty where nobody asks.</param>
    /// <returns>The write units of the table alone.</returns>
    public double Write(IWriteTransaction tx, in ItemChange change, Span<double> indexUnits)
    {
        var (oldBytes, newBytes) = (change.Old?.SizeBytes ?? 0, change.New?.SizeBytes ?? 0);
        if (!IsSame(change))
        {
            WriteRow(tx, change);
            ItemStore.AddCounts(tx, change.Table.Id, (change.New is null ? 0 : 1) - (change.Old is null ? 0 : 1), newBytes - oldBytes);
            var entries = change.Table.Indexes.Count == 0 ? 0 : IndexWriter.Write(tx, change, indexUnits);
            if (Collections.AreCounted(change.Table))
            {
                Collections.Add(tx, change.Table, change.Key, newBytes - oldBytes + entries);
            }

            foreach (var follower in _followers)
            {
                follower.Follow(tx, change);
            }
        }

        return CapacityUnits.OfWrite(Math.Max(oldBytes, newBytes));
    }

    /// <summary>The same where nobody asks for units.</summary>
    public double Write(IWriteTransaction tx, in ItemChange change) => Write(tx, change, []);

    private static void WriteRow(IWriteTransaction tx, in ItemChange change)
    {
        if (change.New is not null)
        {
            ItemStore.Put(tx, change.Key, change.New);
        }
        else
        {
            tx.Delete(change.Key);
        }
    }

    /// <summary>
    /// The same bytes are the same item. Equal items may also be written in another order of attributes; only a stream makes a difference
    /// of that, so that nobody else waits for the comparison.
    /// </summary>
    private static bool IsSame(in ItemChange change)
    {
        if (change.Old is not { } old || change.New is not { } item)
        {
            return change.Old is null && change.New is null;
        }

        return old.Bytes.Length == item.Bytes.Length
            && (old.Bytes.Span.SequenceEqual(item.Bytes.Span) || (change.Table.Stream is not null && old.Equals(item)));
    }
}
