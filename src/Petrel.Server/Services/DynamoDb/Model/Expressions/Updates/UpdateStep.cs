using Petrel.Aws.DynamoDb;

namespace Petrel.Server.Services.DynamoDb.Model.Expressions.Updates;

/// <summary>What happens at one place of an item.</summary>
internal abstract class UpdateStep
{
    /// <summary>The value after it; null for none.</summary>
    /// <param name="old">The value before; null for none.</param>
    /// <param name="assigned">What the SET clauses assign.</param>
    public abstract AttributeValue? Apply(AttributeValue? old, AssignedValues assigned);
}

/// <summary>What the SET clauses assign, found before anything is changed.</summary>
internal sealed class AssignedValues : Dictionary<SetStep, AttributeValue>;

internal sealed class SetStep(UpdateValue value) : UpdateStep
{
    public UpdateValue Value { get; } = value;

    public override AttributeValue? Apply(AttributeValue? old, AssignedValues assigned) => assigned[this];
}

internal sealed class RemoveStep : UpdateStep
{
    public static readonly RemoveStep Instance = new();

    public override AttributeValue? Apply(AttributeValue? old, AssignedValues assigned) => null;
}

/// <summary>ADD: a number is added to a number, members are put into a set; the legacy form also appends to lists.</summary>
internal sealed class AddStep(AttributeValue value, bool isLegacy = false) : UpdateStep
{
    public override AttributeValue? Apply(AttributeValue? old, AssignedValues assigned)
    {
        if (old is null)
        {
            return value;
        }

        if (old.Type != value.Type)
        {
            throw isLegacy ? UpdateErrors.TypeMismatch() : UpdateErrors.WrongType();
        }

        return value.Type switch
        {
            AttributeType.Number => UpdateArithmetic.Sum(old.Number, value.Number),
            AttributeType.List => AttributeValue.Of([.. old.Items, .. value.Items]),
            _ => UpdateArithmetic.Union(old, value),
        };
    }
}

/// <summary>DELETE: members are taken out of a set, and a set without members is no more.</summary>
internal sealed class DeleteStep(AttributeValue members, bool isLegacy = false) : UpdateStep
{
    public override AttributeValue? Apply(AttributeValue? old, AssignedValues assigned)
    {
        if (old is null)
        {
            return null;
        }

        return old.Type == members.Type ? UpdateArithmetic.Difference(old, members)
            : throw (isLegacy ? UpdateErrors.TypeMismatch() : UpdateErrors.WrongType());
    }
}
