using Petrel.Wire;

namespace Petrel.Aws.DynamoDb;

public sealed record AttributeDefinition(
    [Length(1, 255)] string AttributeName,
    [OneOf("B", "N", "S")] string AttributeType);

public sealed record KeySchemaElement(
    [Length(1, 255)] string AttributeName,
    [OneOf("HASH", "RANGE")] string KeyType)
{
    /// <summary>As the service quotes it in its errors.</summary>
    public override string ToString() => $"KeySchemaElement(attributeName={AttributeName}, keyType={KeyType})";
}

public sealed record IndexProjection(
    [OneOf("ALL", "INCLUDE", "KEYS_ONLY")] string? ProjectionType = null,
    [Length(1, 20)] IReadOnlyList<string>? NonKeyAttributes = null);

public sealed record ProvisionedThroughput([Range(1)] long ReadCapacityUnits, [Range(1)] long WriteCapacityUnits);

/// <summary>Upper limits for a table that is paid by request; -1 takes one away.</summary>
public sealed record OnDemandThroughput(long? MaxReadRequestUnits = null, long? MaxWriteRequestUnits = null);

public sealed record WarmThroughput(long? ReadUnitsPerSecond = null, long? WriteUnitsPerSecond = null);

public sealed record StreamSpecification(
    bool StreamEnabled,
    [OneOf("NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY")] string? StreamViewType = null);

public sealed record SseSpecification(
    bool? Enabled = null,
    [OneOf("AES256", "KMS")] string? SSEType = null,
    string? KMSMasterKeyId = null);

public sealed record GlobalSecondaryIndex(
    [Length(3, 255), Pattern(TablePatterns.Name)] string IndexName,
    [Length(1)] List<KeySchemaElement> KeySchema,
    IndexProjection Projection,
    ProvisionedThroughput? ProvisionedThroughput = null,
    OnDemandThroughput? OnDemandThroughput = null,
    WarmThroughput? WarmThroughput = null);

public sealed record LocalSecondaryIndex(
    [Length(3, 255), Pattern(TablePatterns.Name)] string IndexName,
    [Length(1)] List<KeySchemaElement> KeySchema,
    IndexProjection Projection);

/// <summary>One of the three.</summary>
public sealed record GlobalSecondaryIndexUpdate(
    UpdateGlobalSecondaryIndexAction? Update = null,
    GlobalSecondaryIndex? Create = null,
    DeleteGlobalSecondaryIndexAction? Delete = null);

public sealed record UpdateGlobalSecondaryIndexAction(
    [Length(3, 255), Pattern(TablePatterns.Name)] string IndexName,
    ProvisionedThroughput? ProvisionedThroughput = null,
    OnDemandThroughput? OnDemandThroughput = null,
    WarmThroughput? WarmThroughput = null);

public sealed record DeleteGlobalSecondaryIndexAction([Length(3, 255), Pattern(TablePatterns.Name)] string IndexName);

/// <summary>A change of a global table, of which there are none here: whatever it holds, it is refused by name.</summary>
public sealed record ReplicaUpdate;

public sealed record Tag([Length(1, 128)] string Key, [Length(0, 256)] string Value);
