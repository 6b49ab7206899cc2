using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Operands;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Syntax;

namespace Petrel.Server.Services.DynamoDb.Model.Expressions.Conditions;

internal sealed class Comparison(Comparator comparator, Operand left, Operand right) : Condition
{
    public Comparator Comparator { get; } = comparator;

    public Operand Left { get; } = left;

    public Operand Right { get; } = right;

    public override bool Holds(AttributeMap item) => ValueOrder.Holds(Comparator, Left.Value(item), Right.Value(item));
}

/// <summary>A value from the low to the high one, both included.</summary>
internal sealed class Between(Operand value, Operand low, Operand high) : Condition
{
    public Operand Value { get; } = value;

    public Operand Low { get; } = low;

    public Operand High { get; } = high;

    public override bool Holds(AttributeMap item) => ValueOrder.IsBetween(Value.Value(item), Low.Value(item), High.Value(item));
}

/// <summary>A value that equals one of several.</summary>
internal sealed class OneOfSeveral(Operand value, Operand[] choices) : Condition
{
    public override bool Holds(AttributeMap item)
    {
        var found = value.Value(item);
        if (found is null)
        {
            return false;
        }

        foreach (var choice in choices)
        {
            if (found.Equals(choice.Value(item)))
            {
                return true;
            }
        }

        return false;
    }
}
