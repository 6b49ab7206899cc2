using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Expressions;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Conditions;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Operands;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Syntax;

namespace Petrel.Server.Services.DynamoDb.Model.Legacy;

/// <summary>A comparison operator of the legacy parameters as a condition on a whole attribute.</summary>
internal static class LegacyComparison
{
    public static Condition Condition(string attribute, string name, IReadOnlyList<AttributeValue> values)
    {
        var path = new DocumentPath([new PathElement(attribute, -1)]);
        var operand = new PathOperand(path);
        return name switch
        {
            "NULL" => new Existence(path, isWanted: false),
            "NOT_NULL" => new Existence(path, isWanted: true),
            "EQ" => Compare(Comparator.Equal),
            "NE" => Compare(Comparator.NotEqual),
            "LT" => Compare(Comparator.Less),
            "LE" => Compare(Comparator.LessOrEqual),
            "GT" => Compare(Comparator.Greater),
            "GE" => Compare(Comparator.GreaterOrEqual),
            "CONTAINS" => new ContainsTest(operand, Value(0)),
            "NOT_CONTAINS" => new ContainsTest(operand, Value(0), isWanted: false),
            "BEGINS_WITH" => new PrefixTest(operand, Value(0)),
            "BETWEEN" => new Between(operand, Value(0), Value(1)),
            _ => new OneOfSeveral(operand, [.. values.Select(value => new ConstantOperand(value))]),
        };

        ConstantOperand Value(int index) => new(values[index]);

        Comparison Compare(Comparator comparator) => new(comparator, operand, Value(0));
    }
}
