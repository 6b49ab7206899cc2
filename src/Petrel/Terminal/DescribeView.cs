using System.Globalization;
using System.Text.Json.Nodes;
using Petrel.Commands;
using Spectre.Console;

namespace Petrel.Terminal;

/// <summary>A function on a page: a label and what there is of it in each line.</summary>
internal sealed class DescribeView(Output output)
{
    private const int LabelWidth = 13;
    private const int BarWidth = 30;
    private const int ShownVersions = 5;

    public void Print(FunctionDescription found)
    {
        output.Markup($"[bold]{Markup.Escape(found.Name)}[/]  [dim]{Markup.Escape(Text(found.Configuration, "FunctionArn"))}[/]");
        PrintConfiguration(found);
        PrintNow(found);
        PrintBudgets(found);
        PrintUsage(found);
        PrintStart(found);
        PrintFailures(found);
    }

    private void PrintConfiguration(FunctionDescription found)
    {
        var configuration = found.Configuration;
        var architecture = configuration["Architectures"]?[0]?.GetValue<string>() ?? "x86_64";
        var storage = configuration["EphemeralStorage"]?["Size"]?.GetValue<int>() ?? 512;
        var code = Text(configuration, "PackageType") == "Image" ? $"image sha256:{Text(configuration, "CodeSha256")}" : $"{Text(configuration, "Runtime")}, {Text(configuration, "Handler")}";
        Line("Runs", $"{code}, {architecture}");
        Line("Limits", $"{configuration["MemorySize"]} MB, {configuration["Timeout"]} s, /tmp {storage} MB");
        var update = Text(configuration, "LastUpdateStatus");
        var state = Text(configuration, "State") is { Length: > 0 } named ? named : "Active";
        Line("State", $"{state}{(update is "" or "Successful" ? "" : $", update {update}")}, changed {Text(configuration, "LastModified")}");
        var reason = configuration["StateReason"]?.GetValue<string>() ?? configuration["LastUpdateStatusReason"]?.GetValue<string>();
        if (reason is { Length: > 0 } && state != "Active")
        {
            Line("", reason);
        }

        Line("URL", found.Url ?? "none");
        if (found.Versions.Count > 0)
        {
            var last = found.Versions.TakeLast(ShownVersions).Select(v => Text(v, "Version"));
            Line("Versions", $"{found.Versions.Count}{(found.Versions.Count > ShownVersions ? ", the last" : "")}: {string.Join(", ", last)}");
        }

        if (found.Aliases.Count > 0)
        {
            Line("Aliases", string.Join(", ", found.Aliases.Select(a => $"{Text(a, "Name")} → {Target(a)}")));
        }

        var reserved = found.Reserved is { } of ? $"{of} reserved" : "shares the account's";
        var provisioned = string.Concat(found.Provisioned.Select(p =>
            $"; {p["AvailableProvisionedConcurrentExecutions"]} of {p["RequestedProvisionedConcurrentExecutions"]} provisioned for {Text(p, "FunctionArn").Split(':')[^1]}"));
        Line("Concurrency", reserved + provisioned);
    }

    private void PrintNow(FunctionDescription found)
    {
        var versions = found.Instances.ToArray();
        if (versions.Sum(v => v["idle"]!.GetValue<int>() + v["busy"]!.GetValue<int>() + v["starting"]!.GetValue<int>()) == 0)
        {
            Line("Now", "no instance");
            return;
        }

        foreach (var version in versions)
        {
            var frozen = version["frozen"]!.GetValue<int>() is > 0 and var f ? $" ({f} frozen)" : "";
            Line(
                versions.Length > 1 ? $"Now, {Text(version, "version")}" : "Now",
                $"{version["busy"]} busy, {version["idle"]} idle{frozen}, {version["starting"]} starting; {version["waiting"]} waiting; "
                    + $"{Amounts.Bytes(version["memoryBytes"]!.GetValue<long>())} of {version["promisedMemoryMb"]} MB");
        }
    }

    private void PrintBudgets(FunctionDescription found)
    {
        foreach (var budget in found.Budgets)
        {
            Line("Budget", $"{BudgetLine.Amount(budget)}{(budget["function"] is null ? " (account)" : "")}: {BudgetLine.Used(budget)}", BudgetLine.Colour(budget));
        }
    }

    private void PrintUsage(FunctionDescription found)
    {
        var counts = found.Usage["total"]!["counts"]!;
        var invocations = counts["invocations"]!.GetValue<long>();
        var refused = counts["throttles"]!.GetValue<long>() + counts["budgetRefusals"]!.GetValue<long>();
        var average = invocations == 0 ? "" : $", {Amounts.Milliseconds(counts["durationMs"]!.GetValue<double>() / invocations)} on average";
        var cost = Amounts.Money(found.Usage["total"]!["cost"]!["total"]!.GetValue<decimal>(), Text(found.Usage["prices"]!, "currency"));
        Line("Today", $"{Amounts.Count(invocations)} invoked{average}; {counts["errors"]} failed, {counts["timeouts"]} timed out, {refused} refused, {counts["coldStarts"]} cold");
        Line("", $"{Amounts.Number(counts["gbSeconds"]!.GetValue<double>())} GB s, up to {counts["peakMemoryMb"]} MB used; {cost} at list price");
    }

    private void PrintStart(FunctionDescription found)
    {
        if (found.LastStart is not { } start)
        {
            Line("Last start", "none that this daemon knows of");
            return;
        }

        var total = start["totalMs"]!.GetValue<double>();
        var at = start["at"]!.GetValue<DateTimeOffset>().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        var reason = start["reason"]?.GetValue<string>() is { } why ? $", because {why}" : "";
        Line("Last start", $"{at} UTC, {Amounts.Milliseconds(total)}, {Text(start, "kind")}{reason}");
        var parts = start["parts"]!.AsArray().OfType<JsonNode>().Select(p => (Name: Text(p, "name"), Ms: p["ms"]!.GetValue<double>())).ToArray();
        var nameWidth = parts.Select(p => p.Name.Length).DefaultIfEmpty(0).Max();
        var times = parts.Select(p => Amounts.Milliseconds(p.Ms)).ToArray();
        var timeWidth = times.Select(t => t.Length).DefaultIfEmpty(0).Max();
        var before = 0.0;
        for (var i = 0; i < parts.Length; i++)
        {
            var (from, to) = (Column(before, total), Column(before + parts[i].Ms, total));
            before += parts[i].Ms;
            var bar = new string(' ', from) + new string('█', Math.Max(to - from, 1));
            Line("", $"{parts[i].Name.PadRight(nameWidth)}  {times[i].PadLeft(timeWidth)}  {bar}".TrimEnd());
        }
    }

    private void PrintFailures(FunctionDescription found)
    {
        var first = true;
        foreach (var failure in found.Failures)
        {
            var at = failure["time"]!.GetValue<DateTimeOffset>().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
            var message = Text(failure, "message").ReplaceLineEndings(" ");
            Line(first ? "Last errors" : "", $"{at}  {Text(failure, "type")}: {message}", "red");
            first = false;
        }
    }

    private static int Column(double ms, double total) => total <= 0 ? 0 : Math.Min((int)Math.Round(ms / total * BarWidth), BarWidth - 1);

    private static string Target(JsonNode alias)
    {
        var weights = alias["RoutingConfig"]?["AdditionalVersionWeights"]?.AsObject()
            .Select(w => $" + {w.Key} ({w.Value!.GetValue<double>().ToString("0.#%", CultureInfo.InvariantCulture)})") ?? [];
        return Text(alias, "FunctionVersion") + string.Concat(weights);
    }

    private void Line(string label, string text, string? colour = null)
    {
        var escaped = Markup.Escape(text);
        output.Markup($"  [dim]{Markup.Escape(label.PadRight(LabelWidth))}[/] {(colour is null ? escaped : $"[{colour}]{escaped}[/]")}");
    }

    private static string Text(JsonNode node, string member) => node[member]?.GetValue<string>() ?? "";
}
