using Petrel.Aws.DynamoDb;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Model.Expressions;

/// <summary>
/// The names and values that a request gives its expressions, and which of them were used. One scope serves all expressions of a request:
/// make it, parse every expression, then call <see cref="ThrowIfUnused"/>.
/// </summary>
internal sealed class ExpressionScope
{
    /// <exception cref="CommonException">A parameter is empty, has a bad key or a bad value (<c>ValidationException</c>).</exception>
    public ExpressionScope(IReadOnlyDictionary<string, string>? names, AttributeMap? values) =>
        (Names, Values) = (names, values);

    public IReadOnlyDictionary<string, string>? Names { get; }

    public AttributeMap? Values { get; }

    /// <exception cref="CommonException">A name or value was given that no expression uses (<c>ValidationException</c>).</exception>
    public void ThrowIfUnused() => throw CommonException.NotImplemented("dynamodb", "expressions");
}
