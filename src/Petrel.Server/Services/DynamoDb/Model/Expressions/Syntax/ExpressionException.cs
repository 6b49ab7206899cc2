using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Model.Expressions.Syntax;

/// <summary>An expression that cannot be read or means nothing; its caller says which parameter it was.</summary>
internal sealed class ExpressionException(string message) : Exception(message)
{
    public CommonException For(ExpressionKind kind) => CommonException.Validation($"Invalid {kind}: {Message}");
}
