using Petrel.Aws.DynamoDb;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Model.Expressions;

/// <summary>A condition or filter: parsed from an expression, or made of legacy parameters.</summary>
internal abstract class Condition
{
    /// <summary>The names of the top-level attributes that it looks at.</summary>
    public abstract IReadOnlyCollection<string> Attributes { get; }

    /// <exception cref="CommonException">The expression is wrong (<c>ValidationException</c>).</exception>
    public static Condition Parse(string text, ExpressionKind kind, ExpressionScope scope) =>
        throw CommonException.NotImplemented("dynamodb", "expressions");

    /// <param name="item">The item; an empty map where there is none.</param>
    public abstract bool Holds(AttributeMap item);
}
