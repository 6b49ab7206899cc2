using System.Text;

namespace Petrel.Wire.Validation;

/// <summary>
/// The services write their patterns in Java's dialect, where <c>\d</c>, <c>\w</c> and <c>\s</c> are ASCII and a hyphen in a class is
/// literal wherever it cannot make a range. .NET reads the first ones as Unicode and <c>-[</c> as subtraction.
/// </summary>
internal static class JavaPattern
{
    public static string Translate(string pattern)
    {
        var result = new StringBuilder(pattern.Length + 16);
        var inClass = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            var c = pattern[i];
            if (c == '\\' && i + 1 < pattern.Length)
            {
                i++;
                result.Append(Escape(pattern[i], inClass));
            }
            else if (c == '[' && inClass)
            {
                result.Append("\\[");
            }
            else if (c == '-' && inClass && IsLiteralHyphen(pattern, i))
            {
                result.Append("\\-");
            }
            else
            {
                inClass = c == '[' || (inClass && c != ']');
                result.Append(c);
            }
        }

        return result.ToString();
    }

    private static string Escape(char letter, bool inClass) => (letter, inClass) switch
    {
        ('d', true) => "0-9",
        ('d', false) => "[0-9]",
        ('w', true) => "a-zA-Z0-9_",
        ('w', false) => "[a-zA-Z0-9_]",
        ('s', true) => @" \t\n\x0B\f\r",
        ('s', false) => @"[ \t\n\x0B\f\r]",
        _ => $"\\{letter}",
    };

    /// <summary>A hyphen first or last in its class, after a complete range or beside a class escape makes no range.</summary>
    private static bool IsLiteralHyphen(string pattern, int at)
    {
        var first = pattern[at - 1] == '[' || (pattern[at - 1] == '^' && pattern[at - 2] == '[');
        var last = at + 1 < pattern.Length && pattern[at + 1] == ']';
        var afterRange = at >= 3 && pattern[at - 2] == '-' && pattern[at - 3] is not ('\\' or '[');
        var afterEscape = at >= 2 && pattern[at - 2] == '\\' && pattern[at - 1] is 'd' or 'w' or 's';
        var beforeEscape = at + 2 < pattern.Length && pattern[at + 1] == '\\' && pattern[at + 2] is 'd' or 'w' or 's';
        return first || last || afterRange || afterEscape || beforeEscape;
    }
}
