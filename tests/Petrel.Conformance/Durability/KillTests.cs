using System.Collections.Concurrent;
using System.Text.Json;
using Petrel.Conformance.Lambda;
using Petrel.Testing;

namespace Petrel.Conformance.Durability;

/// <summary>Promise 1: what was acknowledged is there after the daemon was killed in the middle of its work.</summary>
public sealed class KillTests : IDisposable
{
    private const string Code = """
        def handler(event, context):
            print("ran", event, flush=True)
            return context.function_version
        """;

    private readonly string _data = Directory.CreateTempSubdirectory("petrel-kill-").FullName;

    [Fact]
    public async Task Kill_UnderLoad_LosesNothingThatWasAcknowledged()
    {
        var acknowledged = new Acknowledged();
        int port;
        await using (var daemon = await DaemonProcess.StartAsync(_data))
        {
            port = daemon.Endpoint.Port;
            await using var clients = StartClients(daemon);
            var lambda = new Client(clients, "600000000001", Daemon.Region);
            await lambda.CreatePythonAsync("events", Code);
            var load = Task.WhenAll(SendEventsAsync(lambda, acknowledged), CreateFunctionsAsync(lambda, acknowledged), PublishAsync(lambda, acknowledged));
            await Eventually.IsTrueAsync(() => acknowledged is { Events.Count: > 60, Functions.Count: > 4, Versions.Count: > 4 });
            await daemon.KillAsync();
            await load;
        }

        await using var again = await DaemonProcess.StartAsync(_data, port);
        await using var others = StartClients(again);
        await CheckAsync(new Client(others, "600000000001", Daemon.Region), acknowledged);
    }

    public void Dispose() => Directory.Delete(_data, recursive: true);

    private static ClientProcess StartClients(DaemonProcess daemon) =>
        new("python3", Path.Combine(AppContext.BaseDirectory, "drivers"), "boto_driver.py", daemon.Endpoint.ToString());

    private static Task SendEventsAsync(Client lambda, Acknowledged acknowledged) => UntilTheEndAsync(async n =>
    {
        await lambda.CallAsync("invoke", new { FunctionName = "events", InvocationType = "Event", Payload = JsonSerializer.SerializeToUtf8Bytes(n) });
        acknowledged.Events.Add(n);
    });

    private static Task CreateFunctionsAsync(Client lambda, Acknowledged acknowledged) => UntilTheEndAsync(async n =>
    {
        await lambda.CallAsync(
            "create_function",
            new
            {
                FunctionName = $"f{n}",
                Runtime = BotoFunctions.PythonRuntime,
                Handler = "app.handler",
                Role = lambda.Role(),
                Code = new { ZipFile = Package.Python(Code) },
            });
        acknowledged.Functions.Add($"f{n}");
    });

    private static Task PublishAsync(Client lambda, Acknowledged acknowledged) => UntilTheEndAsync(async n =>
    {
        await lambda.UpdateAsync("events", Package.Python($"{Code}# {n}\n"));
        var version = await lambda.CallAsync("publish_version", new { FunctionName = "events" });
        acknowledged.Versions[version.Text("Version")!] = version.Text("CodeSha256")!;
    });

    /// <summary>One call after the other, until the daemon no longer answers.</summary>
    private static async Task UntilTheEndAsync(Func<int, Task> call)
    {
        for (var n = 0; ; n++)
        {
            try
            {
                await call(n);
            }
            catch (ClientException gone) when (gone.Status == 0)
            {
                return;
            }
        }
    }

    private static async Task CheckAsync(Client lambda, Acknowledged acknowledged)
    {
        await Task.WhenAll(acknowledged.Functions.Select(name => lambda.WaitAsync("function_active_v2", name)));
        await Task.WhenAll(acknowledged.Functions.Take(3).Select(async name =>
            Assert.Equal("\"$LATEST\"", (await lambda.InvokeAsync(name)).Text("Payload"))));

        foreach (var (version, sha) in acknowledged.Versions)
        {
            var found = await lambda.CallAsync("get_function_configuration", new { FunctionName = "events", Qualifier = version });
            Assert.Equal(sha, found.Text("CodeSha256"));
        }

        var missing = acknowledged.Events.ToHashSet();
        for (var attempt = 0; attempt < 120 && missing.Count > 0; attempt++)
        {
            missing.ExceptWith(await RanAsync(lambda));
            await Task.Delay(TimeSpan.FromMilliseconds(missing.Count == 0 ? 0 : 500), TimeProvider.System);
        }

        Assert.Empty(missing);
    }

    /// <summary>The events that the function's log names.</summary>
    private static async Task<IEnumerable<int>> RanAsync(Client lambda)
    {
        var pages = await lambda.CallAsync(
            "logs",
            "$pages",
            new Dictionary<string, object> { ["$operation"] = "filter_log_events", ["logGroupName"] = "/aws/lambda/events", ["filterPattern"] = "ran" });
        return pages.EnumerateArray()
            .SelectMany(page => page.GetProperty("events").EnumerateArray())
            .Select(line => int.Parse(line.Text("message")!.Split(' ')[1]));
    }

    private sealed class Acknowledged
    {
        public ConcurrentBag<int> Events { get; } = [];

        public ConcurrentBag<string> Functions { get; } = [];

        public ConcurrentDictionary<string, string> Versions { get; } = new();
    }
}
