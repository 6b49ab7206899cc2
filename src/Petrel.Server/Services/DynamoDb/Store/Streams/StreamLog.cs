using Petrel.Server.Services.DynamoDb.Store.Items;
using Petrel.Storage;

namespace Petrel.Server.Services.DynamoDb.Store.Streams;

/// <summary>Appends each change of an item to its table's stream, in the transaction that makes it. Items of one partition key are in one shard.</summary>
internal sealed class StreamLog(EventLog log) : IItemFollower
{
    public void Follow(IWriteTransaction tx, in ItemChange change)
    {
        if (change.Table.Stream is { } stream)
        {
            log.Append(tx, stream.Log, Convert.ToHexStringLower(ItemKeys.CollectionOf(change.Key)), StreamEntry.Encode(stream, change));
        }
    }
}
