using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Operands;

namespace Petrel.Server.Services.DynamoDb.Model.Expressions.Conditions;

/// <summary>attribute_exists and attribute_not_exists.</summary>
internal sealed class Existence(DocumentPath path, bool isWanted) : Condition
{
    public bool IsWanted { get; } = isWanted;

    public override bool Holds(AttributeMap item) => path.Find(item) is not null == IsWanted;
}

/// <summary>attribute_type.</summary>
internal sealed class TypeTest(Operand value, AttributeType type) : Condition
{
    public override bool Holds(AttributeMap item) => value.Value(item)?.Type == type;
}

/// <summary>begins_with.</summary>
internal sealed class PrefixTest(Operand value, Operand prefix) : Condition
{
    public Operand Value { get; } = value;

    public Operand Prefix { get; } = prefix;

    public override bool Holds(AttributeMap item) => ValueOrder.BeginsWith(Value.Value(item), Prefix.Value(item));
}

/// <summary>contains, and the legacy NOT_CONTAINS, which an attribute that is not there does not meet either.</summary>
internal sealed class ContainsTest(Operand container, Operand part, bool isWanted = true) : Condition
{
    public override bool Holds(AttributeMap item) => container.Value(item) is { } value && ValueOrder.Contains(value, part.Value(item)) == isWanted;
}

/// <summary>A condition that was wrong; the expression is refused before anything asks whether it holds.</summary>
internal sealed class NoCondition : Condition
{
    public static readonly NoCondition Instance = new();

    public override bool Holds(AttributeMap item) => false;
}
