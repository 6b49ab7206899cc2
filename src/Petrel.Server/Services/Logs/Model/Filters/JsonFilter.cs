using System.Text.Json;

namespace Petrel.Server.Services.Logs.Model.Filters;

/// <summary>Conditions on the members of a message that is a JSON object; other messages never match.</summary>
internal sealed class JsonFilter(JsonCondition condition) : IEventFilter
{
    public bool Matches(ReadOnlySpan<byte> message)
    {
        var trimmed = message.Trim(" \t\r\n"u8);
        if (trimmed.IsEmpty || trimmed[0] != (byte)'{')
        {
            return false;
        }

        var reader = new Utf8JsonReader(trimmed);
        try
        {
            if (!JsonDocument.TryParseValue(ref reader, out var document))
            {
                return false;
            }

            using (document)
            {
                return condition.Holds(document.RootElement);
            }
        }
        catch (JsonException)
        {
            return false;
        }
    }
}

/// <summary>A condition on a document.</summary>
internal abstract record JsonCondition
{
    public abstract bool Holds(JsonElement root);
}

internal sealed record AllOf(JsonCondition Left, JsonCondition Right) : JsonCondition
{
    public override bool Holds(JsonElement root) => Left.Holds(root) && Right.Holds(root);
}

internal sealed record AnyOf(JsonCondition Left, JsonCondition Right) : JsonCondition
{
    public override bool Holds(JsonElement root) => Left.Holds(root) || Right.Holds(root);
}

/// <summary><c>$.a = 1</c>. A member that is not there satisfies nothing, not even <c>!=</c>.</summary>
internal sealed record Compared(JsonSelector Selector, ValueTest Test) : JsonCondition
{
    public override bool Holds(JsonElement root)
    {
        foreach (var value in Selector.Select(root))
        {
            var holds = value.ValueKind switch
            {
                JsonValueKind.Number => Test.Holds(value.GetDouble()),
                JsonValueKind.String => Test.Holds(value.GetString()!),
                JsonValueKind.True => Test.Holds("true"),
                JsonValueKind.False => Test.Holds("false"),
                _ => false,
            };
            if (holds)
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary><c>$.a IS NULL</c>, <c>IS TRUE</c>, <c>IS FALSE</c>.</summary>
internal sealed record OfKind(JsonSelector Selector, JsonValueKind Kind) : JsonCondition
{
    public override bool Holds(JsonElement root) => Selector.Select(root).Any(v => v.ValueKind == Kind);
}

/// <summary><c>$.a NOT EXISTS</c>.</summary>
internal sealed record Missing(JsonSelector Selector) : JsonCondition
{
    public override bool Holds(JsonElement root) => !Selector.Select(root).Any();
}

/// <summary>A path: <c>$.user.roles[0].name</c>, <c>$.['with space']</c>; <c>*</c> means every member or element.</summary>
internal sealed class JsonSelector
{
    private readonly List<(string? Name, int? Index)> _steps = [];

    public static JsonSelector Parse(string text)
    {
        var selector = new JsonSelector();
        if (text is not ['$', .. var rest] || rest.Length == 0)
        {
            throw new FilterPatternException($"Invalid filter pattern: {text} is no property selector");
        }

        var at = 0;
        while (at < rest.Length)
        {
            at = rest[at] == '[' ? selector.TakeBracket(rest, at) : selector.TakeName(rest, at);
        }

        return selector;
    }

    public IEnumerable<JsonElement> Select(JsonElement root) => _steps.Aggregate((IEnumerable<JsonElement>)[root], static (found, step) => found.SelectMany(e => Step(e, step.Name, step.Index)));

    private static IEnumerable<JsonElement> Step(JsonElement element, string? name, int? index) => (element.ValueKind, name, index) switch
    {
        (JsonValueKind.Object, "*", _) => element.EnumerateObject().Select(m => m.Value),
        (JsonValueKind.Object, { } member, _) => element.TryGetProperty(member, out var value) ? [value] : [],
        (JsonValueKind.Array, "*", _) => element.EnumerateArray(),
        (JsonValueKind.Array, null, { } at) => at < element.GetArrayLength() ? [element[at]] : [],
        _ => [],
    };

    private int TakeBracket(string text, int at)
    {
        var close = text.IndexOf(']', at);
        var inner = text[(at + 1)..close].Trim();
        _steps.Add(inner switch
        {
            "*" => ("*", null),
            ['\'', .., '\''] or ['"', .., '"'] => (inner[1..^1], null),
            _ => int.TryParse(inner, out var index) && index >= 0
                ? (null, index)
                : throw new FilterPatternException($"Invalid filter pattern: [{inner}] is no index"),
        });
        return close + 1;
    }

    private int TakeName(string text, int at)
    {
        if (text[at] != '.')
        {
            throw new FilterPatternException($"Invalid filter pattern: ${text} is no property selector");
        }

        // $.['name'] has a dot before the bracket.
        var start = at + 1;
        if (start < text.Length && text[start] == '[')
        {
            return start;
        }

        var end = text.AsSpan(start).IndexOfAny('.', '[') is >= 0 and var next ? start + next : text.Length;
        _steps.Add(end > start ? (text[start..end], null) : throw new FilterPatternException("Invalid filter pattern: a name is missing"));
        return end;
    }
}
