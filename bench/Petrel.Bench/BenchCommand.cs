using System.Globalization;
using Spectre.Console;

namespace Petrel.Bench;

/// <summary>Reads the command line, runs the scenarios one after another and prints the table.</summary>
internal static class BenchCommand
{
    public static async Task<int> RunAsync(IReadOnlyList<IScenario> scenarios, IReadOnlyList<string> args)
    {
        if (!TryParse(args, scenarios, out var names, out var seconds, out var problem))
        {
            AnsiConsole.MarkupLineInterpolated($"[red]{problem}[/]");
            AnsiConsole.MarkupLineInterpolated($"Usage: petrel bench [{string.Join("|", scenarios.Select(s => s.Name))}]… [--seconds N]");
            return 2;
        }

        var context = new BenchContext(FindRoot(), TimeSpan.FromSeconds(seconds), text => AnsiConsole.MarkupLineInterpolated($"[grey]{text}[/]"));
        var table = new Table().AddColumns("what", "measured", "at least", "aim", "").Border(TableBorder.Rounded);
        table.Columns[1].RightAligned();
        table.Columns[2].RightAligned();
        table.Columns[3].RightAligned();
        var exitCode = 0;
        using var interrupt = new CancellationTokenSource();
        Console.CancelKeyPress += (_, key) =>
        {
            key.Cancel = true;
            interrupt.Cancel();
        };
        foreach (var scenario in scenarios.Where(s => names.Count == 0 ? !s.IsLong : names.Contains(s.Name)))
        {
            try
            {
                await foreach (var row in scenario.RunAsync(context, interrupt.Token))
                {
                    AddRow(table, row);
                }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // The other scenarios are worth their time all the same.
                exitCode = 1;
                table.AddRow(Markup.Escape($"{scenario.Name} ended early: {e.Message}"), "", "", "", "[red]failed[/]");
            }
        }

        AnsiConsole.Write(table);
        return exitCode;
    }

    private static void AddRow(Table table, Row row) => table.AddRow(
        Markup.Escape(row.Note.Length == 0 ? row.What : $"{row.What}\n  {row.Note}"),
        Format(row.Value, row.Unit),
        row.AtLeast is { } floor ? Format(floor, row.Unit) : "",
        row.Aim is { } aim ? Format(aim, row.Unit) : "",
        row.Verdict switch
        {
            Verdict.Aim => "[green]aim[/]",
            Verdict.Floor => "[yellow]at least[/]",
            Verdict.Short => "[red]short[/]",
            _ => "",
        });

    private static string Format(double value, string unit)
    {
        var digits = Math.Abs(value) switch
        {
            >= 100 => "N0",
            >= 10 => "N1",
            _ => "N2",
        };
        return Markup.Escape($"{value.ToString(digits, CultureInfo.InvariantCulture)} {unit}");
    }

    private static bool TryParse(
        IReadOnlyList<string> args,
        IReadOnlyList<IScenario> scenarios,
        out HashSet<string> names,
        out int seconds,
        out string problem)
    {
        (names, seconds, problem) = ([], 5, "");
        for (var i = 0; i < args.Count; i++)
        {
            if (args[i] == "--seconds")
            {
                if (i + 1 >= args.Count || !int.TryParse(args[++i], out seconds) || seconds is < 1 or > 600)
                {
                    problem = "--seconds takes a whole number from 1 to 600.";
                    return false;
                }
            }
            else if (scenarios.Any(s => s.Name == args[i]))
            {
                names.Add(args[i]);
            }
            else
            {
                problem = $"There is no scenario {args[i]}.";
                return false;
            }
        }

        return true;
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Petrel.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("Petrel.slnx stands in no folder above the program.");
    }
}
