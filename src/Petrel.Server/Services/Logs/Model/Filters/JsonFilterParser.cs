using System.Text.Json;

namespace Petrel.Server.Services.Logs.Model.Filters;

/// <summary>Reads <c>{ ($.a = 1 || $.b = "x*") &amp;&amp; $.c IS TRUE }</c>; <c>&amp;&amp;</c> binds closer than <c>||</c>.</summary>
internal static class JsonFilterParser
{
    private const int MaxDepth = 32;

    public static JsonFilter Parse(string pattern)
    {
        var tokens = new FilterTokens(pattern);
        tokens.Expect("{");
        var condition = ReadAny(tokens, 0);
        tokens.Expect("}");
        return tokens.Next().Kind == TokenKind.End
            ? new JsonFilter(condition)
            : throw new FilterPatternException("Invalid filter pattern: nothing is expected behind }");
    }

    private static JsonCondition ReadAny(FilterTokens tokens, int depth)
    {
        var left = ReadAll(tokens, depth);
        while (tokens.Peek().Is("||"))
        {
            tokens.Next();
            left = new AnyOf(left, ReadAll(tokens, depth));
        }

        return left;
    }

    private static JsonCondition ReadAll(FilterTokens tokens, int depth)
    {
        var left = ReadOne(tokens, depth);
        while (tokens.Peek().Is("&&"))
        {
            tokens.Next();
            left = new AllOf(left, ReadOne(tokens, depth));
        }

        return left;
    }

    private static JsonCondition ReadOne(FilterTokens tokens, int depth)
    {
        var token = tokens.Next();
        if (token.Is("("))
        {
            var inner = depth < MaxDepth ? ReadAny(tokens, depth + 1) : throw new FilterPatternException("Invalid filter pattern: too many parentheses");
            tokens.Expect(")");
            return inner;
        }

        if (token.Kind != TokenKind.Word)
        {
            throw new FilterPatternException("Invalid filter pattern: a property selector is expected");
        }

        var selector = JsonSelector.Parse(token.Text);
        var next = tokens.Next();
        return next.IsWord("IS") ? ReadKind(selector, tokens.Next())
            : next.IsWord("NOT") ? ReadMissing(selector, tokens.Next())
            : new Compared(selector, ReadTest(next, tokens.Next()));
    }

    internal static ValueTest ReadTest(Token symbol, Token value)
    {
        var parsed = symbol.Text switch
        {
            "=" => TestOperator.Equal,
            "!=" => TestOperator.NotEqual,
            "<" => TestOperator.Less,
            "<=" => TestOperator.LessOrEqual,
            ">" => TestOperator.Greater,
            ">=" => TestOperator.GreaterOrEqual,
            _ => throw new FilterPatternException($"Invalid filter pattern: {symbol.Text} is no operator"),
        };
        return symbol.Kind == TokenKind.Symbol && value.Kind is TokenKind.Word or TokenKind.Quoted
            ? ValueTest.Of(parsed, value.Text, value.Kind == TokenKind.Quoted)
            : throw new FilterPatternException("Invalid filter pattern: a value is expected behind the operator");
    }

    private static OfKind ReadKind(JsonSelector selector, Token kind) =>
        kind.IsWord("NULL") ? new OfKind(selector, JsonValueKind.Null)
        : kind.IsWord("TRUE") ? new OfKind(selector, JsonValueKind.True)
        : kind.IsWord("FALSE") ? new OfKind(selector, JsonValueKind.False)
        : throw new FilterPatternException("Invalid filter pattern: NULL, TRUE or FALSE is expected behind IS");

    private static Missing ReadMissing(JsonSelector selector, Token word) =>
        word.IsWord("EXISTS") ? new Missing(selector) : throw new FilterPatternException("Invalid filter pattern: EXISTS is expected behind NOT");
}
