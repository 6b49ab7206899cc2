using Petrel.Wire;

namespace Petrel.Aws.DynamoDb;

public partial interface IDynamoDb
{
    /// <summary>Reads up to 100 items at one moment. Each item is authorised by itself, by the service, as <c>GetItem</c>.</summary>
    [Access("*", Open = true), BodyLimit(DynamoDbPatterns.MaxBodyBytes)]
    Task<TransactGetItemsResult> TransactGetItems(TransactGetItemsRequest request, CallContext call);

    /// <summary>
    /// Writes up to 100 items, all or none. Each is authorised by itself, by the service, as <c>PutItem</c>, <c>UpdateItem</c>,
    /// <c>DeleteItem</c> or <c>ConditionCheckItem</c>.
    /// </summary>
    [Access("*", Open = true), BodyLimit(DynamoDbPatterns.MaxBodyBytes)]
    Task<TransactWriteItemsResult> TransactWriteItems(TransactWriteItemsRequest request, CallContext call);
}

public sealed record TransactGetItemsRequest(
    [Length(1, 100)] List<TransactGetItem> TransactItems,
    [OneOf("INDEXES", "TOTAL", "NONE")] string? ReturnConsumedCapacity = null);

public sealed record TransactGetItem(TransactionGet Get);

public sealed record TransactionGet(
    AttributeMap Key,
    [Length(1, 1024)] string TableName,
    string? ProjectionExpression = null,
    Dictionary<string, string>? ExpressionAttributeNames = null);

/// <param name="Responses">In the order of the request.</param>
public sealed record TransactGetItemsResult(IReadOnlyList<ItemResponse> Responses, IReadOnlyList<ConsumedCapacity>? ConsumedCapacity = null);

public sealed record ItemResponse(AttributeMap? Item = null);

/// <param name="ClientRequestToken">The same request with the same token is done once within ten minutes.</param>
public sealed record TransactWriteItemsRequest(
    [Length(1, 100)] List<TransactWriteItem> TransactItems,
    [OneOf("INDEXES", "TOTAL", "NONE")] string? ReturnConsumedCapacity = null,
    [OneOf("SIZE", "NONE")] string? ReturnItemCollectionMetrics = null,
    [Length(1, 36)] string? ClientRequestToken = null);

/// <summary>Exactly one of the four.</summary>
public sealed record TransactWriteItem(
    TransactionCheck? ConditionCheck = null,
    TransactionPut? Put = null,
    TransactionDelete? Delete = null,
    TransactionUpdate? Update = null);

public sealed record TransactionCheck(
    AttributeMap Key,
    [Length(1, 1024)] string TableName,
    string ConditionExpression,
    Dictionary<string, string>? ExpressionAttributeNames = null,
    AttributeMap? ExpressionAttributeValues = null,
    [OneOf("ALL_OLD", "NONE")] string? ReturnValuesOnConditionCheckFailure = null);

public sealed record TransactionPut(
    AttributeMap Item,
    [Length(1, 1024)] string TableName,
    string? ConditionExpression = null,
    Dictionary<string, string>? ExpressionAttributeNames = null,
    AttributeMap? ExpressionAttributeValues = null,
    [OneOf("ALL_OLD", "NONE")] string? ReturnValuesOnConditionCheckFailure = null);

public sealed record TransactionDelete(
    AttributeMap Key,
    [Length(1, 1024)] string TableName,
    string? ConditionExpression = null,
    Dictionary<string, string>? ExpressionAttributeNames = null,
    AttributeMap? ExpressionAttributeValues = null,
    [OneOf("ALL_OLD", "NONE")] string? ReturnValuesOnConditionCheckFailure = null);

public sealed record TransactionUpdate(
    AttributeMap Key,
    string UpdateExpression,
    [Length(1, 1024)] string TableName,
    string? ConditionExpression = null,
    Dictionary<string, string>? ExpressionAttributeNames = null,
    AttributeMap? ExpressionAttributeValues = null,
    [OneOf("ALL_OLD", "NONE")] string? ReturnValuesOnConditionCheckFailure = null);

public sealed record TransactWriteItemsResult(
    IReadOnlyList<ConsumedCapacity>? ConsumedCapacity = null,
    Dictionary<string, List<ItemCollectionMetrics>>? ItemCollectionMetrics = null);

/// <summary>Why one item of a transaction cancelled it.</summary>
/// <param name="Code"><c>None</c> for an item that did not.</param>
/// <param name="Item">The item as it is, when its condition failed and the request asked for it.</param>
public sealed record CancellationReason(string Code, string? Message = null, AttributeMap? Item = null);
