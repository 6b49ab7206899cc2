using System.Text;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Syntax;

namespace Petrel.Server.Services.DynamoDb.Model.Expressions;

/// <summary>How large expressions may be; the numbers are those of the service's page of limits.</summary>
internal static class ExpressionLimits
{
    public const int MaxTextBytes = 4_096;
    public const int MaxOperators = 300;
    public const int MaxInOperands = 100;

    public static void CheckText(string text, ExpressionKind kind)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            throw new ExpressionException("The expression can not be empty;");
        }

        if (text.Length > MaxTextBytes / 3 && Encoding.UTF8.GetByteCount(text) is var bytes and > MaxTextBytes)
        {
            var size = kind is ExpressionKind.FilterExpression or ExpressionKind.ConditionExpression ? $" expression size: {bytes}" : "";
            throw new ExpressionException($"Expression size has exceeded the maximum allowed size;{size}");
        }
    }

    public static void CheckOperators(int count)
    {
        if (count > MaxOperators)
        {
            throw new ExpressionException($"The expression contains too many operators and functions; number of them: {count}");
        }
    }
}
