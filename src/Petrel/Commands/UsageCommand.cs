using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Petrel.Client;
using Petrel.Terminal;

namespace Petrel.Commands;

/// <summary><c>petrel usage</c>: what was used, and what it would have cost at a cloud's list price.</summary>
internal sealed class UsageCommand : Command
{
    /// <summary>From here on all columns find room.</summary>
    private const int WideColumns = 120;

    private readonly CliContext _context;
    private readonly Argument<string?> _name;
    private readonly Option<string?> _since = new("--since", "-s") { Description = "Such as 12h, 7d or a time (default: the month's start)", HelpName = "AGE" };
    private readonly Option<string?> _until = new("--until") { Description = "Such as 1d or a time (default: now)", HelpName = "AGE" };
    private readonly Option<string> _by = new("--by") { Description = "hour, day or function", DefaultValueFactory = _ => "function" };
    private readonly Option<bool> _freeTier = new("--free-tier") { Description = "Take the price list's free tier off" };
    private readonly Option<bool> _prices = new("--prices") { Description = "Print the price table, as its file, and nothing else" };
    private readonly Option<bool> _json = GlobalOptions.Json();

    public UsageCommand(CliContext context)
        : base("usage", "Show what functions used, and what a cloud would ask for it")
    {
        _context = context;
        _name = FunctionArgument.CreateOptional(context);
        _by.AcceptOnlyFromAmong("hour", "day", "function");
        Arguments.Add(_name);
        foreach (var option in new Option[] { _since, _until, _by, _freeTier, _prices, _json })
        {
            Options.Add(option);
        }

        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        using var api = new ApiClient(Connection.Find(parse, _context), _context.Time);
        var admin = new AdminClient(api);
        if (parse.GetValue(_prices))
        {
            _context.Output.Json(await admin.PricesAsync(cancellationToken));
            return 0;
        }

        var now = _context.Time.GetUtcNow();
        var usage = await admin.UsageAsync(
            [
                new("since", Time(parse.GetValue(_since), now, "--since")),
                new("until", Time(parse.GetValue(_until), now, "--until")),
                new("by", parse.GetValue(_by)),
                new("function", parse.GetValue(_name)?.Split(':')[^1]),
                new("freeTier", parse.GetValue(_freeTier) ? "true" : null),
            ],
            cancellationToken);
        if (parse.GetValue(_json))
        {
            _context.Output.Json(usage);
            return 0;
        }

        Print(usage!, parse.GetValue(_by)!);
        foreach (var budget in (await admin.BudgetsAsync(cancellationToken)).Where(b => b["status"]!.GetValue<string>() != "open"))
        {
            _context.Output.Warning($"budget of {BudgetLine.Scope(budget)}: {BudgetLine.Amount(budget)}, {BudgetLine.Used(budget)}");
        }

        return 0;
    }

    private static string? Time(string? text, DateTimeOffset now, string option) =>
        text is null ? null : LogsCommand.ParseSince(text, now, option).ToString("O", CultureInfo.InvariantCulture);

    private void Print(JsonNode usage, string by)
    {
        var rows = usage["rows"]!.AsArray().OfType<JsonNode>().ToArray();
        var since = usage["since"]!.GetValue<DateTimeOffset>();
        if (rows.Length == 0)
        {
            _context.Output.Notice($"Nothing was used since {since:yyyy-MM-dd HH:mm} UTC.");
            return;
        }

        var currency = usage["prices"]!["currency"]!.GetValue<string>();
        var wide = _context.Output.Width >= WideColumns;
        var titles = wide
            ? new[] { "Invoked", "Failed", "Refused", "Cold", "Average", "CPU", "In", "Out", "Peak", "GB s", "Cost" }
            : ["Invoked", "Failed", "Refused", "Average", "GB s", "Cost"];
        var table = new TextTable([by == "function" ? "Function" : by == "day" ? "Day" : "Hour", .. titles]) { FirstNumber = 1, LongColumn = 0 };
        var regions = rows.Select(r => r["region"]?.GetValue<string>()).Distinct(StringComparer.Ordinal).Count();
        foreach (var row in rows)
        {
            table.Add([Label(row, by, withRegion: regions > 1), .. Cells(row, currency, wide)]);
        }

        table.Add([new Cell("Total", "bold"), .. Cells(usage["total"]!, currency, wide)]);
        _context.Output.Table(table);
        Explain(usage, since);
    }

    private void Explain(JsonNode usage, DateTimeOffset since)
    {
        var prices = usage["prices"]!;
        var free = usage["freeTier"]!.GetValue<bool>() ? "with the free tier taken off" : "without the free tier (--free-tier takes it off)";
        _context.Output.Notice(
            $"From {since:yyyy-MM-dd HH:mm} to {usage["until"]!.GetValue<DateTimeOffset>():yyyy-MM-dd HH:mm} UTC, at the list prices of {prices["name"]}, {prices["date"]}, {free}.");
        _context.Output.Notice($"Not in it: {string.Join(", ", usage["notCounted"]!.AsArray().Select(n => n!.GetValue<string>()))}.");
        if (!usage["complete"]!.GetValue<bool>())
        {
            _context.Output.Warning("the store takes no writes: the last seconds are missing");
        }
    }

    private static Cell Label(JsonNode row, string by, bool withRegion) => by switch
    {
        "function" => withRegion ? $"{row["function"]} ({row["region"]})" : row["function"]!.GetValue<string>(),
        "day" => row["from"]!.GetValue<DateTimeOffset>().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        _ => row["from"]!.GetValue<DateTimeOffset>().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
    };

    private static IEnumerable<Cell> Cells(JsonNode row, string currency, bool wide)
    {
        var counts = row["counts"]!;
        var invoked = Number("invocations");
        var failed = Number("errors") + Number("timeouts");
        yield return Amounts.Count(invoked);
        yield return new Cell(Amounts.Count(failed), failed > 0 ? "red" : null);
        yield return Amounts.Count(Number("throttles") + Number("budgetRefusals"));
        if (wide)
        {
            yield return Amounts.Count(Number("coldStarts"));
        }

        yield return invoked == 0 ? "" : Amounts.Milliseconds(counts["durationMs"]!.GetValue<double>() / invoked);
        if (wide)
        {
            yield return Amounts.Milliseconds(counts["cpuMs"]!.GetValue<double>());
            yield return Amounts.Bytes(Number("bytesIn"));
            yield return Amounts.Bytes(Number("bytesOut"));
            yield return $"{Number("peakMemoryMb")} MB";
        }

        yield return Amounts.Number(counts["gbSeconds"]!.GetValue<double>() + counts["provisionedGbSeconds"]!.GetValue<double>());
        yield return Amounts.Money(row["cost"]!["total"]!.GetValue<decimal>(), currency);

        long Number(string member) => counts[member]!.GetValue<long>();
    }
}
