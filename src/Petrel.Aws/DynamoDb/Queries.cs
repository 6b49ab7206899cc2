using Petrel.Wire;

namespace Petrel.Aws.DynamoDb;

public partial interface IDynamoDb
{
    [Access("table/{TableName}"), BodyLimit(DynamoDbPatterns.MaxBodyBytes)]
    Task<QueryResult> Query(QueryRequest request, CallContext call);

    [Access("table/{TableName}"), BodyLimit(DynamoDbPatterns.MaxBodyBytes)]
    Task<ScanResult> Scan(ScanRequest request, CallContext call);
}

/// <param name="TableName">The name, or the table's ARN.</param>
/// <param name="Limit">How many items are looked at, before the filter.</param>
/// <param name="KeyConditions">With <paramref name="QueryFilter"/> and <paramref name="ConditionalOperator"/>: the form before expressions.</param>
/// <param name="ScanIndexForward">Ascending by the sort key, unless false.</param>
public sealed record QueryRequest(
    [Length(1, 1024)] string TableName,
    [Length(3, 255), Pattern(DynamoDbPatterns.IndexName)] string? IndexName = null,
    [OneOf("SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES")] string? Select = null,
    [Length(1)] List<string>? AttributesToGet = null,
    [Range(1, int.MaxValue)] int? Limit = null,
    bool ConsistentRead = false,
    Dictionary<string, AttributeCondition>? KeyConditions = null,
    Dictionary<string, AttributeCondition>? QueryFilter = null,
    [OneOf("OR", "AND")] string? ConditionalOperator = null,
    bool ScanIndexForward = true,
    AttributeMap? ExclusiveStartKey = null,
    [OneOf("INDEXES", "TOTAL", "NONE")] string? ReturnConsumedCapacity = null,
    string? ProjectionExpression = null,
    string? FilterExpression = null,
    string? KeyConditionExpression = null,
    Dictionary<string, string>? ExpressionAttributeNames = null,
    AttributeMap? ExpressionAttributeValues = null);

/// <param name="Count">Items in the answer, or that would be with <c>Select</c> other than COUNT.</param>
/// <param name="ScannedCount">Items that were looked at, before the filter.</param>
/// <param name="LastEvaluatedKey">Where the next page begins; null at the end.</param>
public sealed record QueryResult(
    IReadOnlyList<AttributeMap>? Items,
    int Count,
    int ScannedCount,
    AttributeMap? LastEvaluatedKey = null,
    ConsumedCapacity? ConsumedCapacity = null);

/// <param name="TableName">The name, or the table's ARN.</param>
/// <param name="Limit">How many items are looked at, before the filter.</param>
/// <param name="ScanFilter">With <paramref name="ConditionalOperator"/>: the form before expressions.</param>
/// <param name="Segment">Which share of the keys is read, of <paramref name="TotalSegments"/>.</param>
public sealed record ScanRequest(
    [Length(1, 1024)] string TableName,
    [Length(3, 255), Pattern(DynamoDbPatterns.IndexName)] string? IndexName = null,
    [Length(1)] List<string>? AttributesToGet = null,
    [Range(1, int.MaxValue)] int? Limit = null,
    [OneOf("SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES")] string? Select = null,
    Dictionary<string, AttributeCondition>? ScanFilter = null,
    [OneOf("OR", "AND")] string? ConditionalOperator = null,
    AttributeMap? ExclusiveStartKey = null,
    [OneOf("INDEXES", "TOTAL", "NONE")] string? ReturnConsumedCapacity = null,
    [Range(1, 1_000_000)] int? TotalSegments = null,
    [Range(0, 999_999)] int? Segment = null,
    string? ProjectionExpression = null,
    string? FilterExpression = null,
    Dictionary<string, string>? ExpressionAttributeNames = null,
    AttributeMap? ExpressionAttributeValues = null,
    bool ConsistentRead = false);

/// <param name="Count">Items in the answer, or that would be with <c>Select</c> other than COUNT.</param>
/// <param name="ScannedCount">Items that were looked at, before the filter.</param>
/// <param name="LastEvaluatedKey">Where the next page begins; null at the end.</param>
public sealed record ScanResult(
    IReadOnlyList<AttributeMap>? Items,
    int Count,
    int ScannedCount,
    AttributeMap? LastEvaluatedKey = null,
    ConsumedCapacity? ConsumedCapacity = null);
