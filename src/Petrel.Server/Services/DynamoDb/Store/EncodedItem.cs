using Petrel.Aws.DynamoDb;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Store;

/// <summary>An item that stays in its stored form: single attributes are decoded on demand, and its JSON is written straight from it.</summary>
internal sealed class EncodedItem(ReadOnlyMemory<byte> bytes) : AttributeMap
{
    /// <summary>The stored form.</summary>
    public ReadOnlyMemory<byte> Bytes { get; } = bytes;

    /// <summary>The item's size as the service counts it, in bytes.</summary>
    public int SizeBytes => throw CommonException.NotImplemented("dynamodb", "items");
}
