using Petrel.Aws.DynamoDb;

namespace Petrel.Server.Services.DynamoDb.Model.Expressions.Conditions;

/// <summary>Conditions of which all must hold (AND) or one (OR), looked at from left to right.</summary>
internal sealed class Junction(bool isAnd, Condition[] parts) : Condition
{
    public bool IsAnd { get; } = isAnd;

    public Condition[] Parts { get; } = parts;

    public override bool Holds(AttributeMap item)
    {
        foreach (var part in Parts)
        {
            if (part.Holds(item) != IsAnd)
            {
                return !IsAnd;
            }
        }

        return IsAnd;
    }
}

internal sealed class Negation(Condition inner) : Condition
{
    public override bool Holds(AttributeMap item) => !inner.Holds(item);
}
