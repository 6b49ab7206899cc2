using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Operands;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Model.Legacy;

/// <summary>What the legacy comparison operators ask of their values.</summary>
internal static class LegacyChecks
{
    public const string Invalid = "One or more parameter values were invalid: ";

    /// <summary>A condition of KeyConditions, QueryFilter or ScanFilter.</summary>
    public static void Check(AttributeCondition condition)
    {
        var values = condition.AttributeValueList ?? [];
        foreach (var value in values)
        {
            ThrowIfBad(value);
        }

        CheckCount(condition.ComparisonOperator, values.Count);
        CheckSameType(values);
        foreach (var value in values)
        {
            if (!Takes(condition.ComparisonOperator, value.Type))
            {
                throw Refuse($"ComparisonOperator {condition.ComparisonOperator} is not valid for {value.Type.Name} AttributeValue type");
            }
        }

        CheckBounds(condition.ComparisonOperator, values);
    }

    public static void CheckCount(string name, int count)
    {
        var isRight = name switch
        {
            "NULL" or "NOT_NULL" => count == 0,
            "IN" => count > 0,
            "BETWEEN" => count == 2,
            _ => count == 1,
        };
        if (!isRight)
        {
            throw Refuse($"Invalid number of argument(s) for the {name} ComparisonOperator");
        }
    }

    public static void CheckSameType(IReadOnlyList<AttributeValue> values)
    {
        for (var i = 1; i < values.Count; i++)
        {
            if (values[i].Type != values[0].Type)
            {
                throw Refuse("AttributeValues inside AttributeValueList must be of same type");
            }
        }
    }

    public static void CheckBounds(string name, IReadOnlyList<AttributeValue> values)
    {
        if (name == "BETWEEN" && ValueOrder.TryCompare(values[0], values[1], out var order) && order > 0)
        {
            throw CommonException.Validation(
                "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound");
        }
    }

    public static void ThrowIfBad(AttributeValue value)
    {
        if (value.Problem is not null)
        {
            throw CommonException.Validation(value.Problem);
        }
    }

    public static CommonException Refuse(string what) => CommonException.Validation(Invalid + what);

    private static bool Takes(string name, AttributeType type) => name switch
    {
        "EQ" or "NE" => true,
        "BEGINS_WITH" => type is AttributeType.String or AttributeType.Binary,
        "CONTAINS" or "NOT_CONTAINS" => !type.IsSet,
        _ => type.IsScalarKey,
    };
}
