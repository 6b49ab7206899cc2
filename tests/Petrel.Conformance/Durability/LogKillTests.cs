using System.Collections.Concurrent;
using System.Text.Json;
using Petrel.Conformance.Lambda;
using Petrel.Testing;

namespace Petrel.Conformance.Durability;

/// <summary>The same for identities and logs: roles, events that clients put, and the sessions that nobody wrote down.</summary>
public sealed class LogKillTests : IDisposable
{
    private const string Account = "600000000002";
    private const string Trust =
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"600000000002"},"Action":"sts:AssumeRole"}]}""";

    private readonly string _data = Directory.CreateTempSubdirectory("petrel-kill-").FullName;
    private readonly ConcurrentBag<string> _events = [];
    private readonly ConcurrentBag<string> _roles = [];

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task Kill_WhileEventsArePut_LosesNoneThatWasAcknowledged()
    {
        int port;
        JsonElement session;
        await using (var daemon = await DaemonProcess.StartAsync(_data))
        {
            port = daemon.Endpoint.Port;
            await using var clients = StartClients(daemon);
            var client = new Client(clients, Account, Daemon.Region);
            session = await PrepareAsync(client);
            var load = Task.WhenAll(Enumerable.Range(0, 4).Select(stream => PutEventsAsync(client, stream)).Append(CreateRolesAsync(client)));
            await Eventually.IsTrueAsync(() => _events.Count > 300 && _roles.Count > 30);
            await daemon.KillAsync();
            await load;
        }

        await using var again = await DaemonProcess.StartAsync(_data, port);
        await using var others = StartClients(again);
        await CheckAsync(new Client(others, Account, Daemon.Region), session);
    }

    private static ClientProcess StartClients(DaemonProcess daemon) =>
        new("python3", Path.Combine(AppContext.BaseDirectory, "drivers"), "boto_driver.py", daemon.Endpoint.ToString());

    private static async Task<JsonElement> PrepareAsync(Client client)
    {
        await client.CallAsync("logs", "create_log_group", new { logGroupName = "g" });
        for (var stream = 0; stream < 4; stream++)
        {
            await client.CallAsync("logs", "create_log_stream", new { logGroupName = "g", logStreamName = $"s{stream}" });
        }

        var role = await client.CallAsync("iam", "create_role", new { RoleName = "reader", AssumeRolePolicyDocument = Trust });
        var assumed = await client.CallAsync(
            "sts", "assume_role", new { RoleArn = role.GetProperty("Role").Text("Arn"), RoleSessionName = "session" });
        return assumed.GetProperty("Credentials");
    }

    private Task PutEventsAsync(Client client, int stream) => UntilTheEndAsync(async n =>
    {
        var message = $"{stream}-{n} " + new string('x', n * 97 % 3_000);
        var time = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        await client.CallAsync("logs", "put_log_events", new
        {
            logGroupName = "g",
            logStreamName = $"s{stream}",
            logEvents = new[] { new { timestamp = time, message } },
        });
        _events.Add(message);
    });

    private Task CreateRolesAsync(Client client) => UntilTheEndAsync(async n =>
    {
        await client.CallAsync("iam", "create_role", new { RoleName = $"r{n}", AssumeRolePolicyDocument = Trust });
        _roles.Add($"r{n}");
    });

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

    private async Task CheckAsync(Client client, JsonElement session)
    {
        var identity = await client.With(session).CallAsync("sts", "get_caller_identity", null);
        Assert.Equal($"arn:aws:sts::{Account}:assumed-role/reader/session", identity.Text("Arn"));
        Assert.Empty(_events.Except(await NamesAsync(client, "logs", "filter_log_events", "events", "message", ("logGroupName", "g"))));
        Assert.Empty(_roles.Except(await NamesAsync(client, "iam", "list_roles", "Roles", "RoleName")));
    }

    private static async Task<IEnumerable<string>> NamesAsync(
        Client client,
        string service,
        string operation,
        string list,
        string name,
        params (string Key, object Value)[] parameters)
    {
        var request = parameters.ToDictionary(p => p.Key, p => p.Value);
        request["$operation"] = operation;
        var pages = await client.CallAsync(service, "$pages", request);
        return pages.EnumerateArray().SelectMany(page => page.GetProperty(list).EnumerateArray()).Select(item => item.Text(name)!);
    }
}
