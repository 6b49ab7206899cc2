using System.Buffers;
using System.Text.RegularExpressions;

namespace Petrel.Server.Services.Logs.Model.Filters;

/// <summary>A text that is no filter pattern.</summary>
internal sealed class FilterPatternException(string reason) : Exception(reason);

/// <summary>
/// The filter pattern language: terms (<c>ERROR -timeout ?a ?b "a phrase" %regex%</c>), conditions on JSON (<c>{ $.level = "error" }</c>),
/// conditions on fields between spaces (<c>[ip, user, status = 4*]</c>).
/// </summary>
internal static class FilterPattern
{
    /// <summary>What the documentation allows between per cent signs: no groups, so that matching is linear.</summary>
    private static readonly SearchValues<char> RegexChars = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_#=@/;,-:. ^$?[]{}|\\*+");

    /// <summary>Null for a pattern that every event matches.</summary>
    public static IEventFilter? Parse(string? pattern)
    {
        var text = pattern?.Trim() ?? "";
        return text switch
        {
            "" => null,
            ['{', ..] => JsonFilterParser.Parse(text),
            ['[', ..] => FieldFilter.Parse(text),
            _ => TermFilter.Parse(text),
        };
    }

    /// <summary>Compiles what stands between per cent signs.</summary>
    public static Regex CompileRegex(string expression)
    {
        if (expression.Length == 0 || expression.AsSpan().ContainsAnyExcept(RegexChars))
        {
            throw new FilterPatternException("Invalid character(s) in term");
        }

        try
        {
            return new Regex(expression, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception bad) when (bad is ArgumentException or NotSupportedException)
        {
            throw new FilterPatternException("Invalid regular expression in the filter pattern");
        }
    }
}
