using System.Text;

namespace Petrel.Server.Services.Logs.Model.Filters;

/// <summary>
/// Conditions on the fields of a message that spaces separate; what stands in brackets or quotation marks is one field. The number of
/// fields must fit, unless <c>...</c> stands for any number of them.
/// </summary>
internal sealed class FieldFilter : IEventFilter
{
    private readonly List<Field> _before = [];
    private readonly List<Field> _after = [];
    private bool _hasRest;

    public static FieldFilter Parse(string pattern)
    {
        var tokens = new FilterTokens(pattern);
        tokens.Expect("[");
        var filter = new FieldFilter();
        Token separator;
        do
        {
            filter.TakeField(tokens);
            separator = tokens.Next();
        }
        while (separator.Is(","));

        return separator.Is("]") && tokens.Next().Kind == TokenKind.End
            ? filter
            : throw new FilterPatternException("Invalid filter pattern: , or ] is expected");
    }

    public bool Matches(ReadOnlySpan<byte> message)
    {
        var fields = Split(Encoding.UTF8.GetString(message));
        if (_hasRest ? fields.Count < _before.Count + _after.Count : fields.Count != _before.Count)
        {
            return false;
        }

        for (var i = 0; i < _before.Count; i++)
        {
            if (!_before[i].Holds(fields[i]))
            {
                return false;
            }
        }

        for (var i = 0; i < _after.Count; i++)
        {
            if (!_after[i].Holds(fields[fields.Count - _after.Count + i]))
            {
                return false;
            }
        }

        return true;
    }

    private void TakeField(FilterTokens tokens)
    {
        var name = tokens.Next();
        if (name.Kind != TokenKind.Word)
        {
            throw new FilterPatternException("Invalid filter pattern: a field's name is expected");
        }

        if (name.Text == "...")
        {
            _hasRest = !_hasRest ? true : throw new FilterPatternException("Invalid filter pattern: ... may stand once");
            return;
        }

        (_hasRest ? _after : _before).Add(ReadConditions(name.Text, tokens));
    }

    /// <summary><c>status = 4* || status = 5*</c>: all conditions of a field name the same field.</summary>
    private static Field ReadConditions(string name, FilterTokens tokens)
    {
        var anyOf = new List<List<ValueTest>>();
        if (tokens.Peek() is { Kind: TokenKind.Symbol, Text: "," or "]" })
        {
            return new Field(anyOf);
        }

        var allOf = new List<ValueTest>();
        while (true)
        {
            allOf.Add(JsonFilterParser.ReadTest(tokens.Next(), tokens.Next()));
            var next = tokens.Peek();
            if (!next.Is("&&"))
            {
                anyOf.Add(allOf);
                allOf = [];
            }

            if (!next.Is("&&") && !next.Is("||"))
            {
                return new Field(anyOf);
            }

            tokens.Next();
            if (tokens.Next().Text != name)
            {
                throw new FilterPatternException($"Invalid filter pattern: the conditions of a field name {name}");
            }
        }
    }

    private static List<string> Split(string message)
    {
        var fields = new List<string>();
        var at = 0;
        while (at < message.Length)
        {
            if (char.IsWhiteSpace(message[at]))
            {
                at++;
                continue;
            }

            var close = message[at] switch
            {
                '[' => message.IndexOf(']', at),
                '"' => message.IndexOf('"', at + 1),
                _ => -1,
            };
            var start = close > 0 ? at + 1 : at;
            var end = close > 0 ? close : EndOfWord(message, at);
            fields.Add(message[start..end]);
            at = close > 0 ? close + 1 : end;
        }

        return fields;
    }

    private static int EndOfWord(string message, int at)
    {
        while (at < message.Length && !char.IsWhiteSpace(message[at]))
        {
            at++;
        }

        return at;
    }

    private sealed record Field(List<List<ValueTest>> AnyOf)
    {
        public bool Holds(string value) => AnyOf.Count == 0 || AnyOf.Exists(all => all.TrueForAll(test => test.Holds(value)));
    }
}
