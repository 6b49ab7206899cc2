using Petrel.Aws.DynamoDb;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Store;

/// <summary>Items as the store keeps them.</summary>
internal static class ItemCodec
{
    public static byte[] Encode(AttributeMap item) => throw CommonException.NotImplemented("dynamodb", "items");

    /// <summary>The item of bytes that <see cref="Encode"/> made; it keeps them and makes values when they are asked for.</summary>
    public static EncodedItem Decode(ReadOnlyMemory<byte> bytes) => new(bytes);
}
