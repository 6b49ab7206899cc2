using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Expressions;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Model.Legacy;

/// <summary>One attribute of Expected: Value and Exists, or a comparison with values.</summary>
internal static class LegacyExpected
{
    /// <exception cref="CommonException">The parts do not go together (<c>ValidationException</c>).</exception>
    public static Condition Condition(string attribute, ExpectedAttributeValue expected)
    {
        if (expected.AttributeValueList is not null && expected.Value is not null)
        {
            throw LegacyChecks.Refuse($"Value and AttributeValueList cannot be used together for Attribute: {attribute}");
        }

        if (expected.ComparisonOperator is { } name)
        {
            return LegacyComparison.Condition(attribute, name, Values(attribute, name, expected));
        }

        if (expected.AttributeValueList is not null)
        {
            throw LegacyChecks.Refuse($"AttributeValueList can only be used with a ComparisonOperator for Attribute: {attribute}");
        }

        return Equality(attribute, expected);
    }

    private static IReadOnlyList<AttributeValue> Values(string attribute, string name, ExpectedAttributeValue expected)
    {
        if (expected.Exists is not null)
        {
            throw LegacyChecks.Refuse($"Exists and ComparisonOperator cannot be used together for Attribute: {attribute}");
        }

        if (name is not ("NULL" or "NOT_NULL") && expected.AttributeValueList is null && expected.Value is null)
        {
            throw LegacyChecks.Refuse(
                $"Value or AttributeValueList must be used with ComparisonOperator: {name} for Attribute: {attribute}");
        }

        IReadOnlyList<AttributeValue> values = expected.AttributeValueList ?? (expected.Value is null ? [] : [expected.Value]);
        foreach (var value in values)
        {
            LegacyChecks.ThrowIfBad(value);
        }

        LegacyChecks.CheckCount(name, values.Count);
        LegacyChecks.CheckSameType(values);
        LegacyChecks.CheckBounds(name, values);
        return values;
    }

    private static Condition Equality(string attribute, ExpectedAttributeValue expected)
    {
        var exists = expected.Exists ?? true;
        if (exists && expected.Value is null)
        {
            var said = expected.Exists is null ? "null" : "true";
            throw LegacyChecks.Refuse($"Value must be provided when Exists is {said} for Attribute: {attribute}");
        }

        if (!exists && expected.Value is not null)
        {
            throw LegacyChecks.Refuse($"Value cannot be used when Exists is false for Attribute: {attribute}");
        }

        if (expected.Value is not { } value)
        {
            return LegacyComparison.Condition(attribute, "NULL", []);
        }

        LegacyChecks.ThrowIfBad(value);
        return LegacyComparison.Condition(attribute, "EQ", [value]);
    }
}
