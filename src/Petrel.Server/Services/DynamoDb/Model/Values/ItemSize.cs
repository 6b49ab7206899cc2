using Petrel.Aws.DynamoDb;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Model.Values;

/// <summary>The size of items in bytes, by the rules that the service's documentation gives.</summary>
internal static class ItemSize
{
    /// <summary>The largest item: 400 KB.</summary>
    public const int MaxBytes = 400 * 1024;

    public static int Of(AttributeMap item) => throw CommonException.NotImplemented("dynamodb", "items");

    public static int Of(AttributeValue value) => throw CommonException.NotImplemented("dynamodb", "items");
}
