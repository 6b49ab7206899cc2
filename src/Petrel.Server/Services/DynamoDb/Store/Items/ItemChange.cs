using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Storage;

namespace Petrel.Server.Services.DynamoDb.Store.Items;

/// <summary>What a write changes, inside its transaction. At least one of the two images is there, and they differ.</summary>
/// <param name="Key">Of the item's row.</param>
/// <param name="Old">The item before; null when there was none.</param>
/// <param name="New">The item after; null when it is deleted.</param>
/// <param name="Writer">Null for a client of the table.</param>
internal readonly record struct ItemChange(TableState Table, Key Key, EncodedItem? Old, EncodedItem? New, ItemWriterIdentity? Writer = null);

/// <summary>Who changes an item when it is no client; stands in the stream's record as <c>userIdentity</c>.</summary>
internal sealed record ItemWriterIdentity(string Type, string PrincipalId)
{
    public static readonly ItemWriterIdentity TimeToLive = new("Service", "dynamodb.amazonaws.com");
}

/// <summary>
/// What is written together with every change of an item: the stream's record, the row of its expiry, the log for restores. It only
/// writes: nothing it does may fail for what clients send.
/// </summary>
internal interface IItemFollower
{
    void Follow(IWriteTransaction tx, in ItemChange change);
}
