using System.Collections.Concurrent;
using Petrel.Conformance.DynamoDb;
using Petrel.Conformance.Lambda;
using Petrel.Testing;

namespace Petrel.Conformance.Durability;

/// <summary>Every change of a table reaches its function, whenever the daemon was killed.</summary>
public sealed class MappingKillTests : IDisposable
{
    private const int Kills = 3;
    private const int Keys = 5;

    private const string Account = "600000000004";

    private const string Code = """
        import json

        def handler(event, context):
            for record in event["Records"]:
                image = record["dynamodb"]["NewImage"]
                print("saw", json.dumps([image["id"]["S"], int(image["n"]["N"])]), flush=True)
        """;

    private readonly string _data = Directory.CreateTempSubdirectory("petrel-mapping-kill-").FullName;

    [Fact]
    public async Task Kill_WhileChangesFlow_EachReachesTheFunctionInTheOrderOfItsKey()
    {
        var written = new ConcurrentDictionary<string, int>();
        var port = 0;
        for (var round = 0; round < Kills; round++)
        {
            await using var daemon = await DaemonProcess.StartAsync(_data, port);
            port = daemon.Endpoint.Port;
            await using var clients = StartClients(daemon);
            var boto = new Client(clients, Account, Daemon.Region);
            if (round == 0)
            {
                await boto.CreatePythonAsync("project", Code);
                await boto.MapAsync("project", await boto.CreateStreamAsync("orders"), new() { ["ParallelizationFactor"] = 2, ["BatchSize"] = 10 });
            }

            var before = written.Values.Sum();
            var load = Task.WhenAll(Enumerable.Range(0, Keys).Select(key => WriteAsync(boto, $"key{key}", written)));
            await Eventually.IsTrueAsync(() => written.Values.Sum() >= before + 60);
            await daemon.KillAsync();
            await load;
        }

        await using var last = await DaemonProcess.StartAsync(_data, port);
        await using var others = StartClients(last);
        await CheckAsync(new Client(others, Account, Daemon.Region), written);
    }

    public void Dispose() => Directory.Delete(_data, recursive: true);

    private static ClientProcess StartClients(DaemonProcess daemon) =>
        new("python3", Path.Combine(AppContext.BaseDirectory, "drivers"), "boto_driver.py", daemon.Endpoint.ToString());

    /// <summary>Counts an item up, until the daemon no longer answers; the last number may have been written without an answer.</summary>
    private static async Task WriteAsync(Client boto, string key, ConcurrentDictionary<string, int> written)
    {
        try
        {
            for (var number = written.GetValueOrDefault(key) + 1; ; number++)
            {
                await boto.PutAsync("orders", key, number);
                written[key] = number;
            }
        }
        catch (ClientException gone) when (gone.Status == 0)
        {
            // Killed.
        }
    }

    private static async Task CheckAsync(Client boto, ConcurrentDictionary<string, int> written)
    {
        Dictionary<string, List<int>> seen = [];
        await StreamTables.LookAsync(async () =>
        {
            seen = (await boto.PrintedAsync("project", "saw"))
                .GroupBy(pair => pair[0].GetString()!, pair => pair[1].GetInt32())
                .ToDictionary(ofKey => ofKey.Key, ofKey => ofKey.ToList());
            return written.All(key => seen.GetValueOrDefault(key.Key)?.Contains(key.Value) == true);
        });
        foreach (var (key, last) in written)
        {
            var numbers = seen[key];
            Assert.Empty(Enumerable.Range(1, last).Except(numbers));

            // What was in flight at a kill may come again, from there on in order: a number follows a smaller one, or begins such a repetition.
            var repetitions = numbers.Zip(numbers.Skip(1)).Count(pair => pair.Second <= pair.First);
            Assert.InRange(repetitions, 0, Kills);
            Assert.All(numbers.Zip(numbers.Skip(1)), pair => Assert.True(pair.Second <= pair.First + 1, $"{key}: {pair.Second} after {pair.First}"));
        }
    }
}
