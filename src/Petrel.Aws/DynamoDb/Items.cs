using Petrel.Wire;

namespace Petrel.Aws.DynamoDb;

public partial interface IDynamoDb
{
    [Access("table/{TableName}"), BodyLimit(DynamoDbPatterns.MaxBodyBytes)]
    Task<GetItemResult> GetItem(GetItemRequest request, CallContext call);

    [Access("table/{TableName}"), BodyLimit(DynamoDbPatterns.MaxBodyBytes)]
    Task<PutItemResult> PutItem(PutItemRequest request, CallContext call);

    [Access("table/{TableName}"), BodyLimit(DynamoDbPatterns.MaxBodyBytes)]
    Task<UpdateItemResult> UpdateItem(UpdateItemRequest request, CallContext call);

    [Access("table/{TableName}"), BodyLimit(DynamoDbPatterns.MaxBodyBytes)]
    Task<DeleteItemResult> DeleteItem(DeleteItemRequest request, CallContext call);
}

/// <param name="TableName">The name, or the table's ARN.</param>
public sealed record GetItemRequest(
    [Length(1, 1024)] string TableName,
    AttributeMap Key,
    [Length(1)] List<string>? AttributesToGet = null,
    bool ConsistentRead = false,
    [OneOf("INDEXES", "TOTAL", "NONE")] string? ReturnConsumedCapacity = null,
    string? ProjectionExpression = null,
    Dictionary<string, string>? ExpressionAttributeNames = null);

/// <param name="Item">Null when there is none.</param>
public sealed record GetItemResult(AttributeMap? Item = null, ConsumedCapacity? ConsumedCapacity = null);

/// <param name="TableName">The name, or the table's ARN.</param>
/// <param name="Expected">The form of conditions before expressions; with <paramref name="ConditionalOperator"/>.</param>
public sealed record PutItemRequest(
    [Length(1, 1024)] string TableName,
    AttributeMap Item,
    Dictionary<string, ExpectedAttributeValue>? Expected = null,
    [OneOf("ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW")] string? ReturnValues = null,
    [OneOf("INDEXES", "TOTAL", "NONE")] string? ReturnConsumedCapacity = null,
    [OneOf("SIZE", "NONE")] string? ReturnItemCollectionMetrics = null,
    [OneOf("OR", "AND")] string? ConditionalOperator = null,
    string? ConditionExpression = null,
    Dictionary<string, string>? ExpressionAttributeNames = null,
    AttributeMap? ExpressionAttributeValues = null,
    [OneOf("ALL_OLD", "NONE")] string? ReturnValuesOnConditionCheckFailure = null);

public sealed record PutItemResult(
    AttributeMap? Attributes = null, ConsumedCapacity? ConsumedCapacity = null, ItemCollectionMetrics? ItemCollectionMetrics = null);

/// <param name="TableName">The name, or the table's ARN.</param>
/// <param name="AttributeUpdates">The form of updates before expressions.</param>
/// <param name="Expected">The form of conditions before expressions; with <paramref name="ConditionalOperator"/>.</param>
public sealed record UpdateItemRequest(
    [Length(1, 1024)] string TableName,
    AttributeMap Key,
    Dictionary<string, AttributeValueUpdate>? AttributeUpdates = null,
    Dictionary<string, ExpectedAttributeValue>? Expected = null,
    [OneOf("OR", "AND")] string? ConditionalOperator = null,
    [OneOf("ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW")] string? ReturnValues = null,
    [OneOf("INDEXES", "TOTAL", "NONE")] string? ReturnConsumedCapacity = null,
    [OneOf("SIZE", "NONE")] string? ReturnItemCollectionMetrics = null,
    string? UpdateExpression = null,
    string? ConditionExpression = null,
    Dictionary<string, string>? ExpressionAttributeNames = null,
    AttributeMap? ExpressionAttributeValues = null,
    [OneOf("ALL_OLD", "NONE")] string? ReturnValuesOnConditionCheckFailure = null);

public sealed record UpdateItemResult(
    AttributeMap? Attributes = null, ConsumedCapacity? ConsumedCapacity = null, ItemCollectionMetrics? ItemCollectionMetrics = null);

/// <param name="TableName">The name, or the table's ARN.</param>
/// <param name="Expected">The form of conditions before expressions; with <paramref name="ConditionalOperator"/>.</param>
public sealed record DeleteItemRequest(
    [Length(1, 1024)] string TableName,
    AttributeMap Key,
    Dictionary<string, ExpectedAttributeValue>? Expected = null,
    [OneOf("OR", "AND")] string? ConditionalOperator = null,
    [OneOf("ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW")] string? ReturnValues = null,
    [OneOf("INDEXES", "TOTAL", "NONE")] string? ReturnConsumedCapacity = null,
    [OneOf("SIZE", "NONE")] string? ReturnItemCollectionMetrics = null,
    string? ConditionExpression = null,
    Dictionary<string, string>? ExpressionAttributeNames = null,
    AttributeMap? ExpressionAttributeValues = null,
    [OneOf("ALL_OLD", "NONE")] string? ReturnValuesOnConditionCheckFailure = null);

public sealed record DeleteItemResult(
    AttributeMap? Attributes = null, ConsumedCapacity? ConsumedCapacity = null, ItemCollectionMetrics? ItemCollectionMetrics = null);
