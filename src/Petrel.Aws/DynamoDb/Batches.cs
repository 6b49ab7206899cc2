using Petrel.Wire;

namespace Petrel.Aws.DynamoDb;

public partial interface IDynamoDb
{
    /// <summary>Reads up to 100 items of several tables. Each table is authorised by itself, by the service.</summary>
    [Access("*", Open = true), BodyLimit(DynamoDbPatterns.MaxBodyBytes)]
    Task<BatchGetItemResult> BatchGetItem(BatchGetItemRequest request, CallContext call);

    /// <summary>Puts and deletes up to 25 items of several tables, each by itself. Each table is authorised by itself, by the service.</summary>
    [Access("*", Open = true), BodyLimit(DynamoDbPatterns.MaxBodyBytes)]
    Task<BatchWriteItemResult> BatchWriteItem(BatchWriteItemRequest request, CallContext call);
}

/// <param name="RequestItems">By table name or ARN.</param>
public sealed record BatchGetItemRequest(
    [Length(1, 100)] Dictionary<string, KeysAndAttributes> RequestItems,
    [OneOf("INDEXES", "TOTAL", "NONE")] string? ReturnConsumedCapacity = null);

public sealed record KeysAndAttributes(
    [Length(1, 100)] List<AttributeMap> Keys,
    [Length(1)] List<string>? AttributesToGet = null,
    bool? ConsistentRead = null,
    string? ProjectionExpression = null,
    Dictionary<string, string>? ExpressionAttributeNames = null);

/// <param name="Responses">Items by table, as the request named it; what was not found is not there.</param>
/// <param name="UnprocessedKeys">What did not fit into 16 MB or the table's throughput, in the form of a request.</param>
public sealed record BatchGetItemResult(
    Dictionary<string, IReadOnlyList<AttributeMap>> Responses,
    Dictionary<string, KeysAndAttributes> UnprocessedKeys,
    IReadOnlyList<ConsumedCapacity>? ConsumedCapacity = null);

/// <param name="RequestItems">By table name or ARN.</param>
public sealed record BatchWriteItemRequest(
    [Length(1, 25)] Dictionary<string, List<WriteRequest>> RequestItems,
    [OneOf("INDEXES", "TOTAL", "NONE")] string? ReturnConsumedCapacity = null,
    [OneOf("SIZE", "NONE")] string? ReturnItemCollectionMetrics = null);

/// <summary>Exactly one of the two.</summary>
public sealed record WriteRequest(PutRequest? PutRequest = null, DeleteRequest? DeleteRequest = null);

public sealed record PutRequest(AttributeMap Item);

public sealed record DeleteRequest(AttributeMap Key);

/// <param name="UnprocessedItems">What the table's throughput did not allow, in the form of a request.</param>
public sealed record BatchWriteItemResult(
    Dictionary<string, List<WriteRequest>> UnprocessedItems,
    Dictionary<string, List<ItemCollectionMetrics>>? ItemCollectionMetrics = null,
    IReadOnlyList<ConsumedCapacity>? ConsumedCapacity = null);
