using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Petrel.Functions;
using Petrel.Server;
using Petrel.Server.Settings;
using Petrel.Testing;

namespace Petrel.Tests.Cli;

/// <summary>The commands that show and bound what functions use, against a daemon whose functions are scripted.</summary>
public sealed class MeteringCommandTests : IAsyncLifetime
{
    private readonly CliRun _run = new();
    private readonly ScriptedEngine _engine = new();
    private PetrelServer? _server;

    public async ValueTask InitializeAsync()
    {
        _server = await StartAsync(Path.Combine(_run.Folder, "data"), "memory", _engine);
        _run.Environment["PETREL_ENDPOINT"] = _server.Endpoint.ToString();
        _run.Write("hello/app.py", "def handler(event, context):\n    return event\n");
        Assert.Equal(0, await _run.CallAsync("deploy", "hello", "--handler", "app.handler", "--runtime", "python3.12", "--memory", "1024"));
        _engine.Script("hello", _ => FunctionAnswer.Of("{}") with { Duration = TimeSpan.FromSeconds(1) });
    }

    public async ValueTask DisposeAsync()
    {
        await _server!.DisposeAsync();
        _run.Dispose();
    }

    [Fact]
    public async Task Usage_OfSomeInvocations_IsATableWithItsPrice()
    {
        await InvokeAsync(3);
        Assert.Equal(0, await _run.CallAsync("usage"));
        var lines = _run.Out.Split('\n');
        Assert.Equal("FUNCTION  INVOKED  FAILED  REFUSED  COLD  AVERAGE   CPU   IN  OUT    PEAK  GB S       COST", lines[0]);
        Assert.Equal("hello           3       0        0     0   1.00 s  0 ms  6 B  6 B  256 MB  3.00  $0.000051", lines[1]);
        Assert.StartsWith("Total ", lines[2], StringComparison.Ordinal);
        Assert.Contains("list prices of AWS Lambda, US East (N. Virginia), 2026-08-24, without the free tier", _run.Error, StringComparison.Ordinal);
        Assert.Contains("Not in it: data transfer", _run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Usage_Json_IsExact()
    {
        await InvokeAsync(3);
        Assert.Equal(0, await _run.CallAsync("usage", "hello", "--by", "day", "--since", "1d", "--json"));
        var usage = JsonNode.Parse(_run.Out)!;
        Assert.Equal(0.0000506001m, usage["total"]!["cost"]!["total"]!.GetValue<decimal>());
        Assert.Equal(3m, usage["total"]!["counts"]!["gbSeconds"]!.GetValue<decimal>());
        Assert.Single(usage["rows"]!.AsArray());
        Assert.Equal(0, await _run.CallAsync("usage", "--free-tier", "--json"));
        Assert.Equal(0m, JsonNode.Parse(_run.Out)!["total"]!["cost"]!["total"]!.GetValue<decimal>());
    }

    [Fact]
    public async Task Usage_OfNothing_SaysSo()
    {
        Assert.Equal(0, await _run.CallAsync("usage"));
        Assert.Contains("Nothing was used since", _run.Error, StringComparison.Ordinal);
        Assert.Empty(_run.Out);
    }

    [Fact]
    public async Task Usage_Prices_ArePrintedAsAFileThatIsRead()
    {
        Assert.Equal(0, await _run.CallAsync("usage", "--prices"));
        Petrel.Server.Metering.Model.PriceFile.Parse(System.Text.Encoding.UTF8.GetBytes(_run.Out), "own.json");
    }

    [Fact]
    public async Task Budget_UsedUp_RefusesUntilItIsRaised()
    {
        Assert.Equal(0, await _run.CallAsync("budget", "set", "hello", "--invocations", "2", "--per", "day"));
        Assert.Contains("budget of hello: 2 invocations a day, 0 % used, warns at 80 %", _run.Error, StringComparison.Ordinal);
        await InvokeAsync(2);
        Assert.Equal(1, await _run.CallAsync("invoke", "hello"));
        Assert.Contains("The budget of function hello (2 invocations a day) is used up", _run.Error, StringComparison.Ordinal);
        Assert.Contains("petrel budget ls", _run.Error, StringComparison.Ordinal);
        Assert.Equal(0, await _run.CallAsync("budget", "ls"));
        Assert.Matches("hello +2 invocations a day +2 invocations +100 % +80 % +exhausted", _run.Out);
        Assert.Equal(0, await _run.CallAsync("usage"));
        Assert.Contains("budget of hello: 2 invocations a day, 100 % used, refusing until", _run.Error, StringComparison.Ordinal);
        Assert.Equal(0, await _run.CallAsync("budget", "set", "hello", "--invocations", "3", "--per", "day"));
        await InvokeAsync(1);
        Assert.Equal(0, await _run.CallAsync("budget", "rm", "hello"));
        await InvokeAsync(1);
    }

    [Fact]
    public async Task Call_WhatCannotBe_IsOneLineThatSaysWhy()
    {
        (string Line, string Problem)[] calls =
        [
            ("budget set nosuch --money 5", "there is no function nosuch"),
            ("budget set hello", "a budget has one amount"),
            ("budget set hello --money 5 --invocations 3", "a budget has one amount"),
            ("budget set --money 5", "a budget is for a function or for the account"),
            ("budget set hello --account --money 5", "a budget is for a function or for the account"),
            ("budget set hello --invocations 1.5", "of invocations a whole one"),
            ("budget set hello --money -1", "limit is a number from 0"),
            ("budget set hello --money 5 --warn 101", "warnPercent is a whole number from 1 to 100"),
            ("budget rm hello", "there is no such budget of hello"),
            ("usage --since yesterday", "--since takes an age"),
            ("describe nosuch", "there is no function nosuch"),
        ];
        foreach (var (line, problem) in calls)
        {
            Assert.Equal(1, await _run.CallAsync(line.Split(' ')));
            Assert.Contains(problem, _run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Admin_WithoutAKey_IsRefused()
    {
        using var client = new HttpClient { BaseAddress = _server!.Endpoint };
        foreach (var page in new[] { "usage", "prices", "budgets", "activity" })
        {
            Assert.Equal(403, (int)(await client.GetAsync(new Uri("/_petrel/" + page, UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode);
        }
    }

    [Fact]
    public async Task Describe_AFunction_TellsItAll()
    {
        _engine.Started = new StartTimeline(
            StartKind.PreStarted,
            new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
            [new StartPart("mount", TimeSpan.FromMilliseconds(1)), new StartPart("init", TimeSpan.FromMilliseconds(3))]);
        _engine.Script("hello", _ => FunctionAnswer.Error("it broke", "ValueError"));
        await _run.CallAsync("invoke", "hello");
        await _run.CallAsync("budget", "set", "--account", "--money", "5");
        Assert.Equal(0, await _run.CallAsync("describe", "hello"));
        var lines = _run.Out.Split('\n');
        Assert.Contains("  Runs          python3.12, app.handler, x86_64", lines);
        Assert.Contains("  Limits        1024 MB, 30 s, /tmp 512 MB", lines);
        Assert.Contains("  Concurrency   shares the account's", lines);
        Assert.Contains("  Now           no instance", lines);
        Assert.Contains("  Budget        $5.00 a month (account): 0 % used", lines);
        Assert.Contains("  Last start    2026-01-02 03:04:05 UTC, 4.00 ms, pre-started", lines);
        Assert.Contains("                mount  1.00 ms  ████████", lines);
        Assert.Contains("                init   3.00 ms          █████████████████████", lines);
        Assert.Contains(lines, l => l.StartsWith("  Last errors", StringComparison.Ordinal) && l.EndsWith("ValueError: it broke", StringComparison.Ordinal));
        Assert.Equal(0, await _run.CallAsync("describe", "hello", "--json"));
        Assert.Equal("mount", JsonNode.Parse(_run.Out)!["lastStart"]!["parts"]![0]!["name"]!.GetValue<string>());
    }

    [Fact]
    public async Task Top_OnceAndJson_AreOnePicture()
    {
        await InvokeAsync(2);
        Assert.Equal(0, await _run.CallAsync("top", "--json"));
        var answer = JsonNode.Parse(_run.Out)!;
        Assert.Equal("hello", answer["functions"]![0]!["function"]!.GetValue<string>());
        Assert.Equal(2, answer["functions"]![0]!["invocations"]!.GetValue<long>());
        Assert.True(answer["daemon"]!["memoryBytes"]!.GetValue<long>() > 0);
        Assert.Equal(0, await _run.CallAsync("top", "--once", "--interval", "0.1"));
        Assert.Contains("hello", _run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("quit", _run.Out, StringComparison.Ordinal);
    }

    /// <summary>On the embedded engine: the clean end of a daemon writes what it counted last.</summary>
    [Fact]
    public async Task Usage_AfterARestart_GoesOn()
    {
        using var run = new CliRun();
        run.Write("hello/app.py", "def handler(event, context):\n    return event\n");
        for (var round = 1; round <= 2; round++)
        {
            await using var server = await StartAsync(Path.Combine(run.Folder, "data"), "rocksdb", new ScriptedEngine());
            run.Environment["PETREL_ENDPOINT"] = server.Endpoint.ToString();
            Assert.Equal(0, await run.CallAsync("deploy", "hello", "--handler", "app.handler", "--runtime", "python3.12"));
            Assert.Equal(0, await run.CallAsync("invoke", "hello"));
            Assert.Equal(0, await run.CallAsync("usage", "--json"));
            Assert.Equal(round, JsonNode.Parse(run.Out)!["total"]!["counts"]!["invocations"]!.GetValue<long>());
            Assert.Equal(0, await run.CallAsync("budget", "set", "hello", "--invocations", "1", "--per", "month"));
            Assert.Equal(1, await run.CallAsync("invoke", "hello"));
            Assert.Equal(0, await run.CallAsync("budget", "rm", "hello"));
        }
    }

    private static Task<PetrelServer> StartAsync(string data, string storage, ScriptedEngine engine) => PetrelServer.StartAsync(
        new PetrelOptions { Edge = new EdgeOptions { Port = 0 }, Storage = new StorageOptions { Data = data, Engine = storage } },
        services => services.AddSingleton<IFunctionEngine>(provider =>
        {
            engine.Usage = provider.GetRequiredService<IUsageMeter>();
            return engine;
        }));

    private async Task InvokeAsync(int times)
    {
        for (var i = 0; i < times; i++)
        {
            Assert.Equal(0, await _run.CallAsync("invoke", "hello"));
        }
    }
}
