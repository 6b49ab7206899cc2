using System.Text.Json.Nodes;
using Petrel.Terminal;
using Spectre.Console;

namespace Petrel.Tests.Cli;

public sealed class TopViewTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Draw_AtTheUsualWidth_ShowsRatesBetweenTwoPictures() => Assert.Equal(
        """
        petrel 0.1.0, up 1m 5s · daemon 80.0 MB, 25.0 % of 2 processors
        50.0 invocations/s · 4 instances, 1 busy, 36.0 MB · pre-started nodejs 2, python 3
        Function Busy Idle Start Queue   /s Errors    Time Cold CPU %  Memory
        busy        1    2     0     3 50.0      5 4.00 ms    7  10.0 24.0 MB
        idle-one    0    1     0     0    0      0            1     0 12.0 MB
        invocations cpu memory name  quit

        """,
        Draw(width: 90, TopOrder.Invocations).Replace("  \n", "\n", StringComparison.Ordinal));

    [Theory]
    [InlineData(40)]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(140)]
    public void Draw_AtAnyWidth_StaysWithinIt(int width)
    {
        var lines = Draw(width, TopOrder.Cpu).Split('\n');
        Assert.All(lines, line => Assert.True(line.Length <= width, line));
        Assert.Equal(7, lines.Length); // two of the daemon, titles, two functions, keys, and the end of the last
    }

    [Fact]
    public void Draw_MoreFunctionsThanLines_SaysHowManyMore()
    {
        var functions = Enumerable.Range(0, 50).Select(i => Function($"f{i:00}", idle: 1)).ToArray();
        var text = Draw(80, TopOrder.Name, height: 11, functions);
        Assert.Contains("f04", text, StringComparison.Ordinal);
        Assert.DoesNotContain("f05", text, StringComparison.Ordinal);
        Assert.Contains("45 more", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Draw_NoFunctions_SaysSo() => Assert.Contains("No function has run lately.", Draw(80, TopOrder.Memory, 24, []), StringComparison.Ordinal);

    [Fact]
    public void Draw_ABudgetThatWarns_IsShown()
    {
        var budget = JsonNode.Parse("""
            {"function":"f","unit":"invocations","per":"day","limit":10,"used":9,"usedPercent":90,"status":"warning","until":"2026-01-02T00:00:00Z"}
            """)!;
        Assert.Contains("budget of f: 10 invocations a day, 90 % used", Draw(80, TopOrder.Name, 24, [], [budget]), StringComparison.Ordinal);
    }

    [Fact]
    public void Draw_TotalsThatBeganAnew_AreNoNegativeRates()
    {
        var text = Render(
            TopSnapshot.Read(Answer(Start, 0, Function("f", invocations: 100))), TopSnapshot.Read(Answer(Start.AddSeconds(1), 0, Function("f", invocations: 3))), 80, 24, TopOrder.Name, []);
        Assert.DoesNotContain(" -", text, StringComparison.Ordinal);
    }

    private static string Draw(int width, TopOrder order, int height = 24, JsonObject[]? functions = null, JsonNode[]? budgets = null)
    {
        var before = functions ?? [Function("busy", invocations: 100, durationMs: 0, cold: 6), Function("idle-one", idle: 1, cold: 1)];
        var after = functions?.Select(f => (JsonObject)f.DeepClone()).ToArray()
            ?? [Function("idle-one", idle: 1, cold: 1, mb: 12), Function("busy", busy: 1, idle: 2, waiting: 3, invocations: 200, errors: 5, durationMs: 400, cold: 7, cpuMs: 200, mb: 24)];
        return Render(
            TopSnapshot.Read(Answer(Start, 1_000, before)), TopSnapshot.Read(Answer(Start.AddSeconds(2), 1_500, after)), width, height, order, budgets ?? []);
    }

    private static string Render(TopSnapshot before, TopSnapshot now, int width, int height, TopOrder order, JsonNode[] budgets)
    {
        var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(text), Ansi = AnsiSupport.No, Interactive = InteractionSupport.No });
        console.Profile.Width = width;
        console.Write(TopView.Draw(before, now, (width, height), order, budgets));
        return string.Join('\n', text.ToString().Split('\n').Select(l => l.TrimEnd()));
    }

    private static JsonObject Answer(DateTimeOffset time, double cpuMs, params JsonObject[] functions) => new()
    {
        ["time"] = time,
        ["daemon"] = new JsonObject
        {
            ["version"] = "0.1.0",
            ["uptimeSeconds"] = 65.0,
            ["memoryBytes"] = 80.0 * 1024 * 1024,
            ["cpuMs"] = cpuMs,
            ["processors"] = 2,
            ["pools"] = new JsonArray(new JsonObject { ["runtime"] = "nodejs", ["ready"] = 2 }, new JsonObject { ["runtime"] = "python", ["ready"] = 3 }),
        },
        ["functions"] = new JsonArray([.. functions]),
    };

    private static JsonObject Function(
        string name, int busy = 0, int idle = 0, int waiting = 0, double invocations = 0, double errors = 0, double durationMs = 0, double cold = 0,
        double cpuMs = 0, double mb = 0) => new()
        {
            ["account"] = "000000000000",
            ["region"] = "us-east-1",
            ["function"] = name,
            ["version"] = "$LATEST",
            ["starting"] = 0,
            ["idle"] = idle,
            ["frozen"] = 0,
            ["busy"] = busy,
            ["waiting"] = waiting,
            ["memoryBytes"] = mb * 1024 * 1024,
            ["coldStarts"] = cold,
            ["invocations"] = invocations,
            ["errors"] = errors,
            ["throttles"] = 0.0,
            ["queueWaitMs"] = 0.0,
            ["durationMs"] = durationMs,
            ["cpuMs"] = cpuMs,
        };
}
