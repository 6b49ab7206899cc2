using Petrel.Aws.DynamoDb;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Model.Expressions;

/// <summary>Changes of an item: parsed from an expression, or made of the legacy parameter AttributeUpdates.</summary>
internal sealed class Update
{
    /// <summary>The names of the top-level attributes that it changes or changes inside; none may be a key.</summary>
    public IReadOnlyCollection<string> Attributes => throw CommonException.NotImplemented("dynamodb", "expressions");

    /// <exception cref="CommonException">The expression is wrong (<c>ValidationException</c>).</exception>
    public static Update Parse(string text, ExpressionScope scope) => throw CommonException.NotImplemented("dynamodb", "expressions");

    /// <param name="item">The item before; where there is none, a map of its key alone.</param>
    /// <exception cref="CommonException">The item does not allow the change (<c>ValidationException</c>).</exception>
    public UpdateOutcome Apply(AttributeMap item) => throw CommonException.NotImplemented("dynamodb", "expressions");
}

/// <summary>An item after an update.</summary>
internal sealed class UpdateOutcome(AttributeMap item)
{
    public AttributeMap Item { get; } = item;

    /// <summary>What ReturnValues UPDATED_OLD answers: the changed parts as they were; empty where there were none.</summary>
    public AttributeMap UpdatedOld() => throw CommonException.NotImplemented("dynamodb", "expressions");

    /// <summary>What ReturnValues UPDATED_NEW answers: the changed parts as they are.</summary>
    public AttributeMap UpdatedNew() => throw CommonException.NotImplemented("dynamodb", "expressions");
}
