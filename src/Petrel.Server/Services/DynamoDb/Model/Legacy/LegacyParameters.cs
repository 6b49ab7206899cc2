using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Expressions;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Model.Legacy;

/// <summary>The parameters that were there before expressions, as the same objects.</summary>
internal static class LegacyParameters
{
    /// <summary>Expected with its ConditionalOperator (null is AND); null where nothing is expected.</summary>
    /// <exception cref="CommonException">The parameter is wrong (<c>ValidationException</c>).</exception>
    public static Condition? Expected(IReadOnlyDictionary<string, ExpectedAttributeValue>? expected, string? conditionalOperator) =>
        throw CommonException.NotImplemented("dynamodb", "Expected");

    /// <summary>QueryFilter or ScanFilter with their ConditionalOperator; null where nothing is filtered.</summary>
    /// <exception cref="CommonException">The parameter is wrong (<c>ValidationException</c>).</exception>
    public static Condition? Filter(IReadOnlyDictionary<string, AttributeCondition>? filter, string? conditionalOperator) =>
        throw CommonException.NotImplemented("dynamodb", "QueryFilter");

    /// <exception cref="CommonException">The parameter is wrong (<c>ValidationException</c>).</exception>
    public static KeyCondition KeyConditions(IReadOnlyDictionary<string, AttributeCondition> conditions) =>
        throw CommonException.NotImplemented("dynamodb", "KeyConditions");

    /// <exception cref="CommonException">The parameter is wrong (<c>ValidationException</c>).</exception>
    public static Update Updates(IReadOnlyDictionary<string, AttributeValueUpdate> updates) =>
        throw CommonException.NotImplemented("dynamodb", "AttributeUpdates");
}
