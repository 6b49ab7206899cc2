using System.Globalization;
using Petrel.Client;
using Spectre.Console;

namespace Petrel.Terminal;

/// <summary>Prints log lines: the platform's own ones stand back on a terminal, errors stand out.</summary>
internal sealed class LogPrinter(Output output)
{
    private static readonly string[] PlatformMarks = ["START RequestId:", "END RequestId:", "REPORT RequestId:", "INIT_START ", "INIT_REPORT "];

    public void Print(LogLine line)
    {
        if (!output.IsTerminal)
        {
            output.Line($"{line.Time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)} {line.Text}");
            return;
        }

        var time = line.Time.LocalDateTime.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);
        output.Markup($"[dim]{time}[/] {Style(line.Text)}");
    }

    public static bool IsPlatform(string text) => PlatformMarks.Any(mark => text.StartsWith(mark, StringComparison.Ordinal));

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
