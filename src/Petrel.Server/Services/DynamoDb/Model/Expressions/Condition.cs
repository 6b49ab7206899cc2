using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Syntax;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Model.Expressions;

/// <summary>A condition or filter: parsed from an expression, or made of legacy parameters.</summary>
internal abstract class Condition
{
    private static readonly SyntaxCache<ParsedCondition> Cache = new(ConditionParser.Parse);

    /// <summary>The names of the top-level attributes that it looks at.</summary>
    public IReadOnlyCollection<string> Attributes { get; internal set; } = [];

    /// <summary>Those of them into which it looks (<c>a.b</c>, <c>a[1]</c>); none may be a key.</summary>
    public IReadOnlyCollection<string> NestedAttributes { get; internal set; } = [];

    /// <exception cref="CommonException">The expression is wrong (<c>ValidationException</c>).</exception>
    public static Condition Parse(string text, ExpressionKind kind, ExpressionScope scope)
    {
        try
        {
            ExpressionLimits.CheckText(text, kind);
            return Bind(Cache.Get(text), scope);
        }
        catch (ExpressionException wrong)
        {
            throw wrong.For(kind);
        }
    }

    /// <param name="item">The item; an empty map where there is none.</param>
    public abstract bool Holds(AttributeMap item);

    internal static Condition Bind(ParsedCondition parsed, ExpressionScope scope)
    {
        ExpressionLimits.CheckOperators(parsed.Operators);
        var binder = new ConditionBinder(scope);
        var condition = binder.Bind(parsed);
        (condition.Attributes, condition.NestedAttributes) = (binder.Attributes, binder.NestedAttributes);
        return condition;
    }
}
