using System.Text;

namespace Petrel.Server.Services.Iam.Model.Policies;

/// <summary>
/// A text of a policy with wildcards (<c>*</c> any run, <c>?</c> one character) and variables (<c>${aws:username}</c>,
/// <c>${aws:PrincipalTag/team, 'none'}</c>). Compiled once; matching allocates only when a variable stands in it.
/// </summary>
internal sealed class PolicyPattern
{
    /// <summary>Wildcards are kept as noncharacters, so that a literal <c>*</c> (written <c>${*}</c>, or from a variable) stays one.</summary>
    private const char AnyRun = '\uFFFE';
    private const char AnyOne = '\uFFFF';

    private readonly string _encoded;
    private readonly VariablePart[]? _parts;
    private readonly bool _ignoreCase;
    private readonly Shape _shape;

    private PolicyPattern(string encoded, VariablePart[]? parts, bool ignoreCase)
    {
        _encoded = encoded;
        _parts = parts;
        _ignoreCase = ignoreCase;
        _shape = parts is null ? ShapeOf(encoded) : Shape.Variables;
    }

    private enum Shape
    {
        Exact,
        Everything,
        Prefix,
        Wildcards,
        Variables,
    }

    /// <summary>Compiles a text of a policy.</summary>
    /// <param name="wildcards">Whether <c>*</c> and <c>?</c> have their meaning (StringEquals has none).</param>
    /// <param name="variables">Whether <c>${…}</c> has its meaning: from version 2012-10-17 on.</param>
    public static PolicyPattern Compile(string text, bool wildcards = true, bool variables = true, bool ignoreCase = false)
    {
        var parts = new List<VariablePart>();
        var literal = new StringBuilder();
        for (var at = 0; at < text.Length; at++)
        {
            var end = variables && text[at] == '$' && at + 1 < text.Length && text[at + 1] == '{' ? text.IndexOf('}', at) : -1;
            if (end < 0)
            {
                literal.Append(Encode(text[at], wildcards));
                continue;
            }

            var inner = text.AsSpan(at + 2, end - at - 2);
            at = end;
            if (inner is "*" or "?" or "$")
            {
                literal.Append(inner);
                continue;
            }

            parts.Add(new VariablePart(literal.ToString(), null, null));
            literal.Clear();
            parts.Add(VariablePart.Parse(inner));
        }

        if (parts.Count == 0)
        {
            return new PolicyPattern(literal.ToString(), null, ignoreCase);
        }

        parts.Add(new VariablePart(literal.ToString(), null, null));
        return new PolicyPattern("", [.. parts], ignoreCase);
    }

    /// <summary>Whether <paramref name="value"/> matches; a variable that the request lacks, without default, matches nothing.</summary>
    public bool Matches(ReadOnlySpan<char> value, AccessRequest request)
    {
        switch (_shape)
        {
            case Shape.Everything:
                return true;
            case Shape.Exact:
                return value.Equals(_encoded, Comparison);
            case Shape.Prefix:
                return value.StartsWith(_encoded.AsSpan(0, _encoded.Length - 1), Comparison);
            case Shape.Wildcards:
                return MatchWildcards(_encoded, value, _ignoreCase);
            default:
                var resolved = Resolve(request);
                return resolved is not null && MatchWildcards(resolved, value, _ignoreCase);
        }
    }

    /// <summary>The text with its variables filled in, for operators that parse it (numbers, dates, addresses); null when one is missing.</summary>
    public string? Text(AccessRequest request) => _parts is null ? _encoded : Resolve(request);

    private StringComparison Comparison => _ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    private string? Resolve(AccessRequest request)
    {
        var text = new StringBuilder();
        foreach (var part in _parts!)
        {
            if (part.Variable is not { } key)
            {
                text.Append(part.Literal);
                continue;
            }

            var value = request.TryGet(key, out var values) && values.Count == 1 ? values[0] : part.Default;
            if (value is null)
            {
                return null;
            }

            foreach (var c in value)
            {
                text.Append(c is AnyRun or AnyOne ? '\uFFFD' : c);
            }
        }

        return text.ToString();
    }

    private static char Encode(char c, bool wildcards) => c switch
    {
        '*' when wildcards => AnyRun,
        '?' when wildcards => AnyOne,
        AnyRun or AnyOne => '\uFFFD',
        _ => c,
    };

    private static Shape ShapeOf(string encoded)
    {
        var first = encoded.AsSpan().IndexOfAny(AnyRun, AnyOne);
        return first < 0 ? Shape.Exact
            : first != encoded.Length - 1 || encoded[first] != AnyRun ? Shape.Wildcards
            : encoded.Length == 1 ? Shape.Everything
            : Shape.Prefix;
    }

    /// <summary>Greedy matching that goes back only to the last run: at most |pattern| × |value| steps.</summary>
    private static bool MatchWildcards(ReadOnlySpan<char> pattern, ReadOnlySpan<char> value, bool ignoreCase)
    {
        int p = 0, v = 0, runAt = -1, runValue = 0;
        while (v < value.Length)
        {
            if (p < pattern.Length && pattern[p] == AnyRun)
            {
                runAt = p++;
                runValue = v;
            }
            else if (p < pattern.Length && (pattern[p] == AnyOne || Same(pattern[p], value[v], ignoreCase)))
            {
                p++;
                v++;
            }
            else if (runAt >= 0)
            {
                p = runAt + 1;
                v = ++runValue;
            }
            else
            {
                return false;
            }
        }

        return pattern[p..].IndexOfAnyExcept(AnyRun) < 0;
    }

    private static bool Same(char a, char b, bool ignoreCase) =>
        a == b || (ignoreCase && char.ToUpperInvariant(a) == char.ToUpperInvariant(b));

    private sealed record VariablePart(string Literal, ConditionKey? Variable, string? Default)
    {
        /// <summary>Reads <c>aws:PrincipalTag/team, 'none'</c>.</summary>
        public static VariablePart Parse(ReadOnlySpan<char> inner)
        {
            var comma = inner.IndexOf(',');
            var name = (comma < 0 ? inner : inner[..comma]).Trim();
            var fallback = comma < 0 ? null : inner[(comma + 1)..].Trim().Trim('\'').ToString();
            return new VariablePart("", ConditionKey.Parse(name.ToString()), fallback);
        }
    }
}
