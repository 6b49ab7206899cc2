namespace Petrel.Server.Services.DynamoDb.Model.Expressions;

/// <summary>Which parameter of a request an expression is; errors begin with its name.</summary>
internal enum ExpressionKind
{
    ConditionExpression,
    FilterExpression,
    KeyConditionExpression,
    ProjectionExpression,
    UpdateExpression,
}
