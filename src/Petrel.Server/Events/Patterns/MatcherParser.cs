using System.Net;
using System.Text.Json;

namespace Petrel.Server.Events.Patterns;

/// <summary>Reads what stands in the array of a leaf: a value itself, or an object with one operator.</summary>
internal sealed class MatcherParser(PatternDialect dialect)
{
    private const string Exactly = "exactly", Prefix = "prefix", Suffix = "suffix", IgnoreCase = "equals-ignore-case", Wild = "wildcard";
    private const string Exists = "exists", Numeric = "numeric", AnythingBut = "anything-but", Cidr = "cidr";

    /// <summary>The service takes numbers of this range only, in patterns.</summary>
    private const double MaxNumber = 5_000_000_000;

    private static readonly HashSet<string> Operators =
        new([Exactly, Prefix, Suffix, IgnoreCase, Wild, Exists, Numeric, AnythingBut, Cidr], StringComparer.Ordinal);

    private static readonly HashSet<string> Comparisons = new(["<", "<=", "=", ">", ">="], StringComparer.Ordinal);

    public static bool IsOperator(string name) => Operators.Contains(name);

    public ValueMatcher Parse(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => ParseOperator(element),
        JsonValueKind.Array => throw new PatternException("Match value must be String, number, true, false, or null"),
        _ => Literal(element),
    };

    private ValueMatcher ParseOperator(JsonElement element)
    {
        var (name, value) = Only(element);
        return name switch
        {
            Exactly => new TextMatcher(Text(Exactly, value)),
            Prefix or Suffix => Affix(name, value),
            IgnoreCase => Test(name, Text(name, value)),
            Wild when dialect == PatternDialect.Rules => Test(name, Text(name, value)),
            Cidr when dialect == PatternDialect.Rules => ParseCidr(Text(name, value)),
            Exists => value.ValueKind is JsonValueKind.True or JsonValueKind.False
                ? new ExistsMatcher(value.GetBoolean())
                : throw new PatternException("exists match pattern must be either true or false."),
            Numeric => ParseRange(value),
            AnythingBut => new AnythingButMatcher(ParseRefused(value)),
            _ => throw new PatternException($"Unrecognized match type {name}"),
        };
    }

    private static (string Name, JsonElement Value) Only(JsonElement element)
    {
        var properties = element.EnumerateObject().ToList();
        return properties.Count switch
        {
            0 => throw new PatternException("Match expression name not found"),
            1 => (properties[0].Name, properties[0].Value),
            _ => throw new PatternException("Only one key allowed in match expression"),
        };
    }

    private static ValueMatcher Literal(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => new TextMatcher(element.GetString()!),
        JsonValueKind.Number => new NumberMatcher(Number(element, "Value")),
        _ => new LiteralMatcher(element.ValueKind),
    };

    /// <summary>A text, or one whose case does not matter.</summary>
    private static ValueMatcher Affix(string name, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return Test(name, Text(name, value));
        }

        var (inner, text) = Only(value);
        if (inner != IgnoreCase)
        {
            throw new PatternException($"Unrecognized match type {inner}");
        }

        var wanted = Text(name, text);
        return name == Prefix
            ? new TextTest(found => found.StartsWith(wanted, StringComparison.OrdinalIgnoreCase))
            : new TextTest(found => found.EndsWith(wanted, StringComparison.OrdinalIgnoreCase));
    }

    private static ValueMatcher Test(string name, string wanted)
    {
        switch (name)
        {
            case Prefix:
                return new TextTest(found => found.StartsWith(wanted, StringComparison.Ordinal));
            case Suffix:
                return new TextTest(found => found.EndsWith(wanted, StringComparison.Ordinal));
            case IgnoreCase:
                return new TextTest(found => found.Equals(wanted, StringComparison.OrdinalIgnoreCase));
            default:
                var wildcard = Wildcard.Parse(wanted);
                return new TextTest(wildcard.Matches);
        }
    }

    private static string Text(string name, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            throw new PatternException($"{name} match pattern must be a string");
        }

        var text = value.GetString()!;
        return text.Length > 0 || name is IgnoreCase or Exactly ? text : throw new PatternException($"Null {name} not allowed");
    }

    private static CidrMatcher ParseCidr(string text) => IPNetwork.TryParse(text, out var block)
        ? new CidrMatcher(block)
        : throw new PatternException("Malformed CIDR, one '/' required");

    private static RangeMatcher ParseRange(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            throw new PatternException("Value of numeric must be an array.");
        }

        var parts = value.EnumerateArray().ToList();
        var bounds = new List<(string Comparison, PatternNumber Bound)>();
        for (var at = 0; at < parts.Count; at += 2)
        {
            var comparison = parts[at].ValueKind == JsonValueKind.String ? parts[at].GetString()! : "";
            if (!Comparisons.Contains(comparison))
            {
                throw new PatternException($"Unrecognized numeric range operator: {parts[at].GetRawText().Trim('"')}");
            }

            if (at + 1 == parts.Count)
            {
                throw new PatternException($"Value of {comparison} must be numeric");
            }

            bounds.Add((comparison, Number(parts[at + 1], $"Value of {comparison}")));
        }

        CheckBounds(bounds);
        return new RangeMatcher(bounds);
    }

    /// <summary>One bound, or a lower one and then an upper one.</summary>
    private static void CheckBounds(List<(string Comparison, PatternNumber Bound)> bounds)
    {
        if (bounds.Count == 0)
        {
            throw new PatternException("Invalid member in numeric match: ]");
        }

        if (bounds.Count == 1)
        {
            return;
        }

        if (bounds.Count > 2 || bounds[0].Comparison[0] != '>' || bounds[1].Comparison[0] != '<')
        {
            throw new PatternException("Too many elements in numeric expression");
        }

        if (bounds[0].Bound.CompareTo(bounds[1].Bound) >= 0)
        {
            throw new PatternException("Bottom must be less than top");
        }
    }

    private static PatternNumber Number(JsonElement value, string what)
    {
        if (!PatternNumber.TryRead(value, out var number))
        {
            throw new PatternException($"{what} must be numeric");
        }

        return Math.Abs(value.GetDouble()) <= MaxNumber
            ? number
            : throw new PatternException("Value must be between -5.0E9 and 5.0E9, inclusive");
    }

    private List<ValueMatcher> ParseRefused(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Array:
                return ParseRefusedList(value);
            case JsonValueKind.String or JsonValueKind.Number:
                return [Literal(value)];
            case JsonValueKind.Object when dialect == PatternDialect.Rules:
                var (name, inner) = Only(value);
                return name is Prefix or Suffix or IgnoreCase or Wild
                    ? ParseRefusedTexts(name, inner)
                    : throw new PatternException($"Unsupported anything-but pattern: {name}");
            default:
                throw new PatternException("Value of anything-but must be an array or single string/number value.");
        }
    }

    private static List<ValueMatcher> ParseRefusedList(JsonElement list)
    {
        var kinds = list.EnumerateArray().Select(element => element.ValueKind).Distinct().ToList();
        if (kinds.Count == 0 || kinds.Exists(kind => kind is not (JsonValueKind.String or JsonValueKind.Number)))
        {
            throw new PatternException("Inside anything but list, start|null|boolean is not supported.");
        }

        if (kinds.Count > 1)
        {
            throw new PatternException("Inside anything but list, either all values are number or string, mixed type is not supported");
        }

        return [.. list.EnumerateArray().Select(Literal)];
    }

    private static List<ValueMatcher> ParseRefusedTexts(string name, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            return [Test(name, Text(name, value))];
        }

        return value.GetArrayLength() > 0
            ? [.. value.EnumerateArray().Select(element => Test(name, Text(name, element)))]
            : throw new PatternException("Empty arrays are not allowed");
    }
}
