using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Operands;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Model.Expressions.Updates;

/// <summary>What a SET clause assigns; it looks at the item before any change.</summary>
internal abstract class UpdateValue
{
    /// <summary>The type that the value has whatever the item is; null where the item decides.</summary>
    public virtual AttributeType? KnownType => null;

    /// <exception cref="CommonException">The item has no such value (<c>ValidationException</c>).</exception>
    public abstract AttributeValue Value(AttributeMap item);

    /// <exception cref="CommonException">The item has no such value, or one of another type (<c>ValidationException</c>).</exception>
    public AttributeValue Value(AttributeMap item, AttributeType type)
    {
        var value = Value(item);
        return value.Type == type ? value : throw UpdateErrors.WrongType();
    }
}

internal sealed class AssignedConstant(AttributeValue value) : UpdateValue
{
    public override AttributeType? KnownType => value.Type;

    public override AttributeValue Value(AttributeMap item) => value;
}

internal sealed class AssignedPath(DocumentPath path) : UpdateValue
{
    public DocumentPath Path { get; } = path;

    public override AttributeValue Value(AttributeMap item) => Path.Find(item) ?? throw UpdateErrors.NoSuchAttribute();
}

internal sealed class AssignedSum(bool isSum, UpdateValue left, UpdateValue right) : UpdateValue
{
    public override AttributeType? KnownType => AttributeType.Number;

    public override AttributeValue Value(AttributeMap item)
    {
        var first = left.Value(item, AttributeType.Number).Number;
        var second = right.Value(item, AttributeType.Number).Number;
        return UpdateArithmetic.Sum(first, isSum ? second : -second);
    }
}

/// <summary>if_not_exists.</summary>
internal sealed class AssignedDefault(DocumentPath path, UpdateValue otherwise) : UpdateValue
{
    public override AttributeType? KnownType => null;

    public override AttributeValue Value(AttributeMap item) => path.Find(item) ?? otherwise.Value(item);
}

/// <summary>list_append.</summary>
internal sealed class AssignedLists(UpdateValue first, UpdateValue second) : UpdateValue
{
    public override AttributeType? KnownType => AttributeType.List;

    public override AttributeValue Value(AttributeMap item)
    {
        var head = first.Value(item, AttributeType.List).Items;
        return AttributeValue.Of([.. head, .. second.Value(item, AttributeType.List).Items]);
    }
}

/// <summary>A value that was wrong; the expression is refused before anything asks for it.</summary>
internal sealed class NoUpdateValue : UpdateValue
{
    public static readonly NoUpdateValue Instance = new();

    public override AttributeValue Value(AttributeMap item) => throw UpdateErrors.WrongType();
}
