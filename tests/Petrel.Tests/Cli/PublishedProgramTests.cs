using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace Petrel.Tests.Cli;

/// <summary>The program as users have it: the launcher, a daemon of its own in the background, functions in sandboxes.</summary>
public sealed class PublishedProgramTests : IAsyncLifetime
{
    private readonly CliRun _run = new();

    private string Data => Path.Combine(_run.Folder, "data");

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await CallAsync("down");
        _run.Dispose();
    }

    [Fact]
    public async Task Up_OnAnEmptyMachine_AnswersFromThreeLanguagesAndIsFoundAgain()
    {
        var port = FreePort();
        var first = await JsonAsync("up", "--port", port, "--json");
        var samples = first["samples"]!.AsArray();
        Assert.Equal(["hello-python", "hello-node", "hello-dotnet"], samples.Select(s => s!["name"]!.GetValue<string>()));
        Assert.All(samples, s => Assert.StartsWith("Hello, world, from ", s!["answer"]!.GetValue<string>(), StringComparison.Ordinal));
        Assert.All(samples, s => Assert.True(s!["coldMs"]!.GetValue<double>() > 0));
        Assert.All(samples, s => Assert.Contains(s!["log"]!.AsArray(), l => l!.GetValue<string>().Contains("greeting world", StringComparison.Ordinal)));

        // A second time everything is there; the port is known without being said.
        var second = await JsonAsync("up", "--json");
        Assert.Equal(first["processId"]!.GetValue<int>(), second["processId"]!.GetValue<int>());
        Assert.Equal($"http://localhost:{port}", second["endpoint"]!.GetValue<string>());
        Assert.All(second["samples"]!.AsArray(), s => Assert.Null(s!["coldMs"]));

        await FunctionOfOnesOwnAsync();
        await DownAsync();
    }

    [Fact]
    public async Task Serve_FolderInUse_SaysByWhom()
    {
        var up = await JsonAsync("up", "--port", FreePort(), "--no-samples", "--json");
        var (code, _, error) = await CallAsync("serve", "--port", FreePort());
        Assert.Equal(1, code);
        Assert.Contains($"another daemon (process {up["processId"]}", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Up_PortTaken_SaysSoInALine()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port.ToString();
        var (code, _, error) = await CallAsync("up", "--port", port, "--no-samples");
        Assert.Equal(1, code);
        Assert.Contains("the daemon ended while it started", error, StringComparison.Ordinal);
        Assert.Contains($"something else listens on 127.0.0.1 port {port}", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    private async Task FunctionOfOnesOwnAsync()
    {
        _run.Write("mine/app.py", "def handler(event, context):\n    print('got', event)\n    return {'sum': event['a'] + event['b']}\n");
        var deployed = await JsonAsync("deploy", "mine", "--json", "--env", "STAGE=test");
        Assert.Equal("created", deployed["outcome"]!.GetValue<string>());
        Assert.Equal("unchanged", (await JsonAsync("deploy", "mine", "--json", "--env", "STAGE=test"))["outcome"]!.GetValue<string>());
        Assert.Equal(3, (await JsonAsync("invoke", "mine", "-p", """{"a":1,"b":2}"""))["sum"]!.GetValue<int>());

        var (code, _, error) = await CallAsync("invoke", "mine", "-p", "{}", "--log");
        Assert.Equal(1, code);
        Assert.Contains("mine failed: KeyError: 'a'", error, StringComparison.Ordinal);
        Assert.Contains("REPORT RequestId", error, StringComparison.Ordinal);

        var (_, logs, _) = await CallAsync("logs", "mine");
        Assert.Contains("got {'a': 1, 'b': 2}", logs, StringComparison.Ordinal);
        Assert.Equal(4, (await JsonAsync("ls", "--json")).AsArray().Count);
        Assert.Equal(0, (await CallAsync("rm", "mine", "--logs")).Code);
        Assert.Equal(3, (await JsonAsync("ls", "--json")).AsArray().Count);
        Assert.Equal(1, (await CallAsync("logs", "mine")).Code);
    }

    private async Task DownAsync()
    {
        var (code, _, error) = await CallAsync("down");
        Assert.Equal(0, code);
        Assert.Contains("Petrel has stopped", error, StringComparison.Ordinal);
        Assert.Contains("no daemon runs", (await CallAsync("down")).Error, StringComparison.Ordinal);
        Assert.Equal(1, (await CallAsync("ls")).Code);
    }

    private async Task<JsonNode> JsonAsync(params string[] arguments)
    {
        var (code, output, error) = await CallAsync(arguments);
        Assert.True(code == 0, $"{string.Join(' ', arguments)}: {error}");
        return JsonNode.Parse(output)!;
    }

    private async Task<(int Code, string Output, string Error)> CallAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(LauncherTests.SourceRoot, "petrel"), [.. arguments, "--data", Data])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _run.Folder,
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }

    private static string FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port.ToString();
    }
}
