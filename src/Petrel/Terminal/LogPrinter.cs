using System.Globalization;
using System.Text.RegularExpressions;
using Petrel.Client;
using Spectre.Console;

namespace Petrel.Terminal;

/// <summary>
/// Prints log lines. In a pipe they are as they were written; on a terminal the platform's own stand back and are said shortly, the ids
/// that Node.js and .NET put before each line are left out, and errors stand out.
/// </summary>
internal sealed partial class LogPrinter(Output output)
{
    private static readonly string[] PlatformMarks = ["START RequestId:", "END RequestId:", "REPORT ", "INIT_START ", "INIT_REPORT "];

    public void Print(LogLine line)
    {
        if (!output.IsTerminal)
        {
            output.Line($"{line.Time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)} {line.Text}");
            return;
        }

        if (Shorten(line.Text) is { } text)
        {
            var time = line.Time.LocalDateTime.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);
            output.Markup($"[dim]{time}[/] {Style(text)}");
        }
    }

    /// <summary>Null for a line that says nothing to a person who watches.</summary>
    internal static string? Shorten(string text)
    {
        if (text.StartsWith("START RequestId:", StringComparison.Ordinal) || text.StartsWith("END RequestId:", StringComparison.Ordinal))
        {
            return null;
        }

        if (text.StartsWith("REPORT RequestId:", StringComparison.Ordinal))
        {
            return string.Join("  ", text.Split('\t', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Skip(1).Prepend("REPORT"));
        }

        var prefixed = LinePrefix().Match(text);
        return prefixed.Success ? $"{prefixed.Groups[1].Value.ToUpperInvariant()} {text[prefixed.Length..]}" : text.Split("Runtime Version ARN:")[0].TrimEnd();
    }

    public static bool IsPlatform(string text) => PlatformMarks.Any(mark => text.StartsWith(mark, StringComparison.Ordinal));

    /// <summary>Time, request and level, as Node.js and .NET write them.</summary>
    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT[\d:.]+Z\t[0-9a-f-]{36}\t(\w+)\t", RegexOptions.NonBacktracking)]
    private static partial Regex LinePrefix();

    private static string Style(string text)
    {
        var escaped = Markup.Escape(text.Replace('\t', ' '));
        if (IsPlatform(text))
        {
            return $"[dim]{escaped}[/]";
        }

        return text.Contains("ERROR", StringComparison.Ordinal) || text.Contains("Task timed out", StringComparison.Ordinal) ? $"[red]{escaped}[/]" : escaped;
    }
}
