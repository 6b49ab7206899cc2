using Petrel.Aws.DynamoDb;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Model.Expressions;

/// <summary>The parts of items that a request asks for.</summary>
internal sealed class Projection
{
    /// <summary>The names of the top-level attributes that it takes or reaches into.</summary>
    public IReadOnlyCollection<string> Attributes => throw CommonException.NotImplemented("dynamodb", "expressions");

    /// <exception cref="CommonException">The expression is wrong (<c>ValidationException</c>).</exception>
    public static Projection Parse(string text, ExpressionScope scope) => throw CommonException.NotImplemented("dynamodb", "expressions");

    /// <summary>Whole top-level attributes: the legacy parameter AttributesToGet.</summary>
    /// <exception cref="CommonException">A name comes twice (<c>ValidationException</c>).</exception>
    public static Projection Of(IReadOnlyList<string> attributesToGet) => throw CommonException.NotImplemented("dynamodb", "expressions");

    public AttributeMap Project(AttributeMap item) => throw CommonException.NotImplemented("dynamodb", "expressions");
}
