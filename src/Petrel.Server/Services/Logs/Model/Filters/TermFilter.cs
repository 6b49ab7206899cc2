using System.Text;
using System.Text.RegularExpressions;

namespace Petrel.Server.Services.Logs.Model.Filters;

/// <summary>
/// Terms anywhere in a message, with regard to case: all plain ones, none with a minus, and one of those with a question mark. Question
/// marks beside other terms have no effect, as the documentation has it.
/// </summary>
internal sealed class TermFilter : IEventFilter
{
    private readonly List<Term> _required;
    private readonly List<Term> _excluded;
    private readonly List<Term> _optional;

    private TermFilter(List<Term> required, List<Term> excluded, List<Term> optional)
    {
        _required = required;
        _excluded = excluded;
        _optional = required.Count + excluded.Count > 0 ? [] : optional;
    }

    public static TermFilter Parse(string pattern)
    {
        List<Term> required = [], excluded = [], optional = [];
        var at = 0;
        while (at < pattern.Length)
        {
            if (char.IsWhiteSpace(pattern[at]))
            {
                at++;
                continue;
            }

            var target = pattern[at] switch
            {
                '-' => excluded,
                '?' => optional,
                _ => required,
            };
            at += target == required ? 0 : 1;
            target.Add(ReadTerm(pattern, ref at));
        }

        return new TermFilter(required, excluded, optional);
    }

    public bool Matches(ReadOnlySpan<byte> message)
    {
        foreach (var term in _required)
        {
            if (!term.IsIn(message))
            {
                return false;
            }
        }

        foreach (var term in _excluded)
        {
            if (term.IsIn(message))
            {
                return false;
            }
        }

        return _optional.Count == 0 || AnyIn(message);
    }

    private bool AnyIn(ReadOnlySpan<byte> message)
    {
        foreach (var term in _optional)
        {
            if (term.IsIn(message))
            {
                return true;
            }
        }

        return false;
    }

    private static Term ReadTerm(string pattern, ref int at)
    {
        if (at >= pattern.Length || char.IsWhiteSpace(pattern[at]))
        {
            throw new FilterPatternException("Invalid filter pattern: a term is missing");
        }

        if (pattern[at] == '%' && pattern.IndexOf('%', at + 1) is > 0 and var end)
        {
            var expression = pattern[(at + 1)..end];
            at = end + 1;
            return new Term([], FilterPattern.CompileRegex(expression));
        }

        return new Term(Encoding.UTF8.GetBytes(pattern[at] == '"' ? ReadQuoted(pattern, ref at) : ReadWord(pattern, ref at)), null);
    }

    private static string ReadWord(string pattern, ref int at)
    {
        var start = at;
        while (at < pattern.Length && !char.IsWhiteSpace(pattern[at]))
        {
            at++;
        }

        return pattern[start..at];
    }

    /// <summary>A phrase in quotation marks; a backslash takes the next character as it is.</summary>
    internal static string ReadQuoted(string pattern, ref int at)
    {
        var text = new StringBuilder();
        for (at++; at < pattern.Length; at++)
        {
            if (pattern[at] == '"')
            {
                at++;
                return text.ToString();
            }

            at += pattern[at] == '\\' && at + 1 < pattern.Length ? 1 : 0;
            text.Append(pattern[at]);
        }

        throw new FilterPatternException("Invalid filter pattern: a quotation mark is not closed");
    }

    private sealed record Term(byte[] Bytes, Regex? Expression)
    {
        public bool IsIn(ReadOnlySpan<byte> message) =>
            Expression?.IsMatch(Encoding.UTF8.GetString(message)) ?? message.IndexOf(Bytes) >= 0;
    }
}
