using System.Text.Json.Nodes;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Petrel.Terminal;

internal enum TopOrder
{
    Invocations,
    Cpu,
    Memory,
    Name,
}

/// <summary>What all versions of a function do, and what they have done since the daemon started.</summary>
internal sealed record TopFunction(string Name, int Starting, int Idle, int Frozen, int Busy, int Waiting)
{
    public double MemoryBytes { get; init; }

    public double ColdStarts { get; init; }

    public double Invocations { get; init; }

    public double Errors { get; init; }

    public double Throttles { get; init; }

    public double DurationMs { get; init; }

    public double QueueWaitMs { get; init; }

    public double CpuMs { get; init; }

    public int Instances => Starting + Idle + Busy;
}

/// <summary>An answer of the daemon's activity page.</summary>
internal sealed record TopSnapshot(DateTimeOffset Time, JsonNode Daemon, IReadOnlyDictionary<string, TopFunction> Functions)
{
    public static TopSnapshot Read(JsonNode answer) => new(
        answer["time"]!.GetValue<DateTimeOffset>(),
        answer["daemon"]!,
        answer["functions"]!.AsArray().OfType<JsonNode>()
            .GroupBy(f => $"{f["account"]}/{f["region"]}/{f["function"]}", StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => Merge([.. g]), StringComparer.Ordinal));

    private static TopFunction Merge(JsonNode[] versions)
    {
        return new TopFunction(versions[0]["function"]!.GetValue<string>(), Count("starting"), Count("idle"), Count("frozen"), Count("busy"), Count("waiting"))
        {
            MemoryBytes = Sum("memoryBytes"),
            ColdStarts = Sum("coldStarts"),
            Invocations = Sum("invocations"),
            Errors = Sum("errors"),
            Throttles = Sum("throttles"),
            DurationMs = Sum("durationMs"),
            QueueWaitMs = Sum("queueWaitMs"),
            CpuMs = Sum("cpuMs"),
        };

        int Count(string member) => versions.Sum(v => v[member]!.GetValue<int>());
        double Sum(string member) => versions.Sum(v => v[member]!.GetValue<double>());
    }
}

/// <summary>Draws two snapshots: what is, and what happened between them. Pure, for any size of terminal.</summary>
internal static class TopView
{
    /// <summary>From here on all columns find room; below each of these, fewer do.</summary>
    private const int WideColumns = 110;
    private const int UsualColumns = 78;
    private const int NarrowColumns = 56;

    /// <summary>Lines beside those of functions: the daemon's two, titles, how many more there are, the keys, and the cursor's.</summary>
    private const int OtherLines = 6;

    private const int WideName = 30;
    private const int UsualName = 18;
    private const int NarrowName = 14;

    private static readonly Column[] Columns =
    [
        new("Busy", 0, r => Lit(r.Now.Busy, "green")),
        new("Idle", NarrowColumns, r => Dim(r.Now.Idle)),
        new("Frozen", WideColumns, r => Dim(r.Now.Frozen)),
        new("Start", UsualColumns, r => Lit(r.Now.Starting, "yellow")),
        new("Queue", NarrowColumns, r => Lit(r.Now.Waiting, "yellow")),
        new("/s", 0, r => Lit(r.PerSecond, "bold")),
        new("Errors", UsualColumns, r => Lit(r.Change.Errors, "red")),
        new("Refused", WideColumns, r => Lit(r.Change.Throttles, "red")),
        new("Time", UsualColumns, r => Each(r.Change.DurationMs, r.Change.Invocations)),
        new("Wait", WideColumns, r => Each(r.Change.QueueWaitMs, r.Change.Invocations)),
        new("Cold", UsualColumns, r => Dim(r.Now.ColdStarts)),
        new("CPU %", NarrowColumns, r => Lit(r.Cpu, "bold")),
        new("Memory", 0, r => Amounts.Bytes(r.Now.MemoryBytes)),
    ];

    /// <param name="keys">Whether somebody can press them.</param>
    public static IRenderable Draw(
        TopSnapshot before, TopSnapshot now, (int Width, int Height) terminal, TopOrder order, IReadOnlyList<JsonNode> budgets, bool keys = true)
    {
        var seconds = Math.Max((now.Time - before.Time).TotalSeconds, 0.001);
        var rows = now.Functions
            .Select(f => (f.Value, Change: Difference(f.Value, before.Functions.GetValueOrDefault(f.Key))))
            .Select(f => new Row(f.Value, f.Change, seconds))
            .ToArray();
        var shown = Math.Max(terminal.Height - OtherLines - budgets.Count, 3);
        var lines = new List<IRenderable> { Line(DaemonLine(before, now, seconds)), Line(LoadLine(rows, now.Daemon)) };
        lines.AddRange(budgets.Select(b =>
            Line($"[{BudgetLine.Colour(b)}]budget of {Markup.Escape(BudgetLine.Scope(b))}: {Markup.Escape(BudgetLine.Amount(b))}, {BudgetLine.Used(b)}[/]")));
        lines.Add(rows.Length == 0 ? Line("[dim]No function has run lately.[/]") : Functions(Sort(rows, order).Take(shown), terminal.Width));
        if (rows.Length > shown)
        {
            lines.Add(Line($"[dim]{rows.Length - shown} more[/]"));
        }

        if (keys)
        {
            lines.Add(Line(string.Join(' ', new[] { "invocations", "cpu", "memory", "name" }.Select(o => Key(o, order.ToString()))) + "  " + Key("quit", "")));
        }

        return new Rows(lines);
    }

    /// <summary>A key is the first letter of what it does; the order in force is underlined.</summary>
    private static string Key(string word, string order) =>
        $"[bold]{word[0]}[/][{(word.Equals(order, StringComparison.OrdinalIgnoreCase) ? "underline" : "dim")}]{word[1..]}[/]";

    private static OneLine Line(string markup) => new(new Markup(markup));

    private static string DaemonLine(TopSnapshot before, TopSnapshot now, double seconds)
    {
        var daemon = now.Daemon;
        var cpu = (daemon["cpuMs"]!.GetValue<double>() - before.Daemon["cpuMs"]!.GetValue<double>()) / seconds / 10;
        var processors = daemon["processors"]!.GetValue<int>();
        return string.Join(" · ", [
            $"[bold]petrel[/] {Markup.Escape(daemon["version"]!.GetValue<string>())}, up {Amounts.Age(TimeSpan.FromSeconds(daemon["uptimeSeconds"]!.GetValue<double>()))}",
            $"daemon [bold]{Amounts.Bytes(daemon["memoryBytes"]!.GetValue<double>())}[/], [bold]{Amounts.Number(Math.Max(cpu, 0))} %[/] of {Plural(processors, "processor")}",
        ]);
    }

    private static string LoadLine(Row[] rows, JsonNode daemon)
    {
        var parts = new List<string>
        {
            $"[bold]{Amounts.Number(rows.Sum(r => r.PerSecond))}[/] invocations/s",
            $"{Plural(rows.Sum(r => r.Now.Instances), "instance")}, {rows.Sum(r => r.Now.Busy)} busy, {Amounts.Bytes(rows.Sum(r => r.Now.MemoryBytes))}",
        };
        if (daemon["pools"] is JsonArray { Count: > 0 } pools)
        {
            parts.Add("pre-started " + string.Join(", ", pools.OfType<JsonNode>().Select(p => $"{Markup.Escape(p["runtime"]!.GetValue<string>())} {p["ready"]}")));
        }

        return string.Join(" · ", parts);
    }

    private static string Plural(int count, string what) => $"[bold]{count}[/] {what}{(count == 1 ? "" : "s")}";

    private static Grid Functions(IEnumerable<Row> rows, int width)
    {
        var columns = Columns.Where(c => width >= c.FromWidth).ToArray();
        var grid = new Grid();
        grid.AddColumn(new GridColumn { NoWrap = true, Padding = new Padding(0, 0, 0, 0) });
        foreach (var _ in columns)
        {
            grid.AddColumn(new GridColumn { NoWrap = true, Alignment = Justify.Right, Padding = new Padding(width >= WideColumns ? 2 : 1, 0, 0, 0) });
        }

        grid.AddRow([.. columns.Select(c => c.Title).Prepend("Function").Select(title => $"[bold underline]{title}[/]")]);
        var room = width >= WideColumns ? WideName : width >= UsualColumns ? UsualName : NarrowName;
        foreach (var row in rows)
        {
            var name = row.Now.Name.Length <= room ? row.Now.Name : row.Now.Name[..(room - 1)] + "…";
            grid.AddRow([Markup.Escape(name), .. columns.Select(c => c.Cell(row))]);
        }

        return grid;
    }

    private static string Each(double sumMs, double count) => sumMs > 0 ? Amounts.Milliseconds(sumMs / Math.Max(count, 1)) : "";

    private static string Lit(double number, string style) => number > 0 ? $"[{style}]{Amounts.Number(number).Replace(".00", "", StringComparison.Ordinal)}[/]" : "[dim]0[/]";

    private static string Dim(double count) => count > 0 ? Amounts.Count((long)count) : "[dim]0[/]";

    private static IEnumerable<Row> Sort(Row[] rows, TopOrder order)
    {
        var sorted = order switch
        {
            TopOrder.Cpu => rows.OrderByDescending(r => r.Cpu),
            TopOrder.Memory => rows.OrderByDescending(r => r.Now.MemoryBytes),
            TopOrder.Name => rows.OrderBy(r => r.Now.Name, StringComparer.Ordinal),
            _ => rows.OrderByDescending(r => r.PerSecond).ThenByDescending(r => r.Now.Busy + r.Now.Waiting),
        };
        return sorted.ThenByDescending(r => r.Now.Instances).ThenBy(r => r.Now.Name, StringComparer.Ordinal);
    }

    /// <summary>What happened since; totals of a version that was left out meanwhile begin anew, which is no change.</summary>
    private static TopFunction Difference(TopFunction now, TopFunction? before) => now with
    {
        Invocations = Since(now.Invocations, before?.Invocations),
        Errors = Since(now.Errors, before?.Errors),
        Throttles = Since(now.Throttles, before?.Throttles),
        DurationMs = Since(now.DurationMs, before?.DurationMs),
        QueueWaitMs = Since(now.QueueWaitMs, before?.QueueWaitMs),
        CpuMs = Since(now.CpuMs, before?.CpuMs),
    };

    private static double Since(double now, double? before) => Math.Max(now - (before ?? 0), 0);

    /// <param name="FromWidth">Columns of the terminal from which on it is shown.</param>
    private sealed record Column(string Title, int FromWidth, Func<Row, string> Cell);

    private sealed record Row(TopFunction Now, TopFunction Change, double Seconds)
    {
        public double PerSecond => Change.Invocations / Seconds;

        /// <summary>Per cent of one processor.</summary>
        public double Cpu => Change.CpuMs / Seconds / 10;
    }

    /// <summary>What does not fit is cut off: a line more would push another out of the picture.</summary>
    private sealed class OneLine(IRenderable text) : Renderable
    {
        private const int Unwrapped = 10_000;

        protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth) =>
            [.. Segment.Truncate(text.Render(options, Unwrapped).Where(s => !s.IsLineBreak), maxWidth), Segment.LineBreak];
    }
}
