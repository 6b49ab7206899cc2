using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Expressions;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Conditions;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Model.Legacy;

/// <summary>The parameters that were there before expressions, as the same objects.</summary>
internal static class LegacyParameters
{
    /// <summary>Expected with its ConditionalOperator (null is AND); null where nothing is expected.</summary>
    /// <exception cref="CommonException">The parameter is wrong (<c>ValidationException</c>).</exception>
    public static Condition? Expected(IReadOnlyDictionary<string, ExpectedAttributeValue>? expected, string? conditionalOperator)
    {
        CheckOperator(conditionalOperator, expected?.Count);
        if (expected is not { Count: > 0 })
        {
            return null;
        }

        var parts = new List<Condition>(expected.Count);
        foreach (var (attribute, condition) in expected)
        {
            parts.Add(LegacyExpected.Condition(attribute, condition));
        }

        return Join(parts, expected.Keys, conditionalOperator);
    }

    /// <summary>QueryFilter or ScanFilter with their ConditionalOperator; null where nothing is filtered.</summary>
    /// <exception cref="CommonException">The parameter is wrong (<c>ValidationException</c>).</exception>
    public static Condition? Filter(IReadOnlyDictionary<string, AttributeCondition>? filter, string? conditionalOperator)
    {
        CheckOperator(conditionalOperator, filter?.Count);
        if (filter is not { Count: > 0 })
        {
            return null;
        }

        var parts = new List<Condition>(filter.Count);
        foreach (var (attribute, condition) in filter)
        {
            LegacyChecks.Check(condition);
            parts.Add(LegacyComparison.Condition(attribute, condition.ComparisonOperator, condition.AttributeValueList ?? []));
        }

        return Join(parts, filter.Keys, conditionalOperator);
    }

    /// <exception cref="CommonException">The parameter is wrong (<c>ValidationException</c>).</exception>
    public static KeyCondition KeyConditions(IReadOnlyDictionary<string, AttributeCondition> conditions)
    {
        var terms = new List<KeyTerm>(2);
        foreach (var (attribute, condition) in conditions)
        {
            LegacyChecks.Check(condition);
            terms.Add(new KeyTerm(attribute, KeyOperator(condition.ComparisonOperator), [.. condition.AttributeValueList ?? []]));
        }

        return terms.Count is 1 or 2 ? new KeyCondition(terms) : throw CommonException.Validation("Conditions can be of length 1 or 2 only");
    }

    /// <exception cref="CommonException">The parameter is wrong (<c>ValidationException</c>).</exception>
    public static Update Updates(IReadOnlyDictionary<string, AttributeValueUpdate> updates) => LegacyUpdates.Update(updates);

    private static void CheckOperator(string? conditionalOperator, int? count)
    {
        if (conditionalOperator is null || count >= 2)
        {
            return;
        }

        throw CommonException.Validation(count is null
            ? "ConditionalOperator cannot be used without Filter or Expected"
            : "ConditionalOperator can only be used when Filter or Expected has two or more elements");
    }

    private static Junction Join(List<Condition> parts, IEnumerable<string> attributes, string? conditionalOperator) =>
        new(conditionalOperator != "OR", [.. parts]) { Attributes = [.. attributes] };

    private static SortOperator? KeyOperator(string name) => name switch
    {
        "EQ" => SortOperator.Equal,
        "LT" => SortOperator.Less,
        "LE" => SortOperator.LessOrEqual,
        "GT" => SortOperator.Greater,
        "GE" => SortOperator.GreaterOrEqual,
        "BETWEEN" => SortOperator.Between,
        "BEGINS_WITH" => SortOperator.BeginsWith,
        _ => null,
    };
}
