using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Expressions;
using Petrel.Server.Services.DynamoDb.Model.Items;
using Petrel.Server.Services.DynamoDb.Model.Legacy;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Api.Items;

/// <summary>The condition and the update of a write, from whichever parameters say them.</summary>
internal static class WriteConditions
{
    /// <summary>Checks which parameters of a put or delete stand together.</summary>
    public static void CheckParameters(
        string? condition, Dictionary<string, ExpectedAttributeValue>? expected, Dictionary<string, string>? names, AttributeMap? values) =>
        ParameterRules.Check(
            [new("ConditionExpression", condition is not null)],
            [new("Expected", expected is not null)],
            names is not null,
            values is not null);

    /// <summary>Null where nothing is asked.</summary>
    public static Condition? Read(
        string? condition,
        Dictionary<string, string>? names,
        AttributeMap? values,
        Dictionary<string, ExpectedAttributeValue>? expected = null,
        string? conditionalOperator = null)
    {
        if (condition is null)
        {
            return expected is null && conditionalOperator is null ? null : LegacyParameters.Expected(expected, conditionalOperator);
        }

        var scope = new ExpressionScope(names, values);
        var parsed = Condition.Parse(condition, ExpressionKind.ConditionExpression, scope);
        scope.ThrowIfUnused();
        return parsed;
    }

    /// <summary>Both expressions of an update share names and values.</summary>
    public static (Update? Update, Condition? Condition) ReadUpdate(
        string? update, string? condition, Dictionary<string, string>? names, AttributeMap? values)
    {
        var scope = new ExpressionScope(names, values);
        var parsedUpdate = update is null ? null : Update.Parse(update, scope);
        var parsedCondition = condition is null ? null : Condition.Parse(condition, ExpressionKind.ConditionExpression, scope);
        scope.ThrowIfUnused();
        return (parsedUpdate, parsedCondition);
    }
}
