using Petrel.Wire;

namespace Petrel.Aws.DynamoDb;

/// <summary>One attribute of the legacy parameter Expected.</summary>
public sealed record ExpectedAttributeValue(
    AttributeValue? Value = null,
    bool? Exists = null,
    [OneOf("IN", "NULL", "BETWEEN", "LT", "NOT_CONTAINS", "EQ", "GT", "NOT_NULL", "NE", "LE", "BEGINS_WITH", "GE", "CONTAINS")]
    string? ComparisonOperator = null,
    List<AttributeValue>? AttributeValueList = null);

/// <summary>One attribute of the legacy parameters KeyConditions, QueryFilter and ScanFilter.</summary>
public sealed record AttributeCondition(
    [OneOf("IN", "NULL", "BETWEEN", "LT", "NOT_CONTAINS", "EQ", "GT", "NOT_NULL", "NE", "LE", "BEGINS_WITH", "GE", "CONTAINS")]
    string ComparisonOperator,
    List<AttributeValue>? AttributeValueList = null);

/// <summary>One attribute of the legacy parameter AttributeUpdates.</summary>
public sealed record AttributeValueUpdate(
    AttributeValue? Value = null,
    [OneOf("ADD", "PUT", "DELETE")] string? Action = null);
