using System.Globalization;
using System.Text.Json.Nodes;
using Petrel.Client;

namespace Petrel.Bench.Load;

/// <summary>How long a change of a table takes until the function that its stream feeds has started.</summary>
internal static class StreamLag
{
    private const int Changes = 300;
    private const string Function = "projection";

    /// <summary>Prints how old each change is, in ms, when its handler begins.</summary>
    private const string Code = """
        exports.handler = async event => {
          const now = performance.timeOrigin + performance.now();
          for (const record of event.Records) console.log('age', (now - Number(record.dynamodb.NewImage.sent.N)).toFixed(3));
        };

        """;

    /// <returns>The time of each change, in ms: from before its request is sent to the beginning of its handler.</returns>
    public static async Task<IReadOnlyCollection<double>> MeasureAsync(MeasuredDaemon daemon, CancellationToken cancellationToken)
    {
        using var tables = new BenchTables(daemon.Endpoint);
        using var deployments = new Deployments(daemon);
        using var api = new ApiClient(deployments.Connection, TimeProvider.System);
        var table = await tables.CreateAsync("changes", sort: false, stream: true, cancellationToken);
        await deployments.CreateAsync(Function, new SampleFunction("nodejs20.x", "index.handler", SampleFunction.Zip(new() { ["index.js"] = Code })), cancellationToken);
        await MapAsync(api, table["LatestStreamArn"]!.GetValue<string>(), cancellationToken);
        await PutAsync(tables, -1, cancellationToken);
        await AgesAsync(api, 1, cancellationToken);
        for (var i = 0; i < Changes; i++)
        {
            await PutAsync(tables, i, cancellationToken);
            await Task.Delay(10 + (i % 7 * 5), cancellationToken);
        }

        // The first one waited for an instance.
        return [.. (await AgesAsync(api, Changes + 1, cancellationToken)).Skip(1)];
    }

    private static async Task MapAsync(ApiClient api, string stream, CancellationToken cancellationToken)
    {
        var request = new JsonObject { ["EventSourceArn"] = stream, ["FunctionName"] = Function, ["StartingPosition"] = "TRIM_HORIZON" };
        var mapping = (await api.RestAsync(HttpMethod.Post, "lambda", "/2015-03-31/event-source-mappings", request, cancellationToken))!;
        while (mapping["State"]!.GetValue<string>() != "Enabled")
        {
            await Task.Delay(50, cancellationToken);
            mapping = (await api.RestAsync(
                HttpMethod.Get, "lambda", $"/2015-03-31/event-source-mappings/{mapping["UUID"]!.GetValue<string>()}", null, cancellationToken))!;
        }
    }

    private static Task PutAsync(BenchTables tables, int number, CancellationToken cancellationToken)
    {
        var sent = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalMilliseconds.ToString("0.000", CultureInfo.InvariantCulture);
        var item = new JsonObject { ["pk"] = new JsonObject { ["S"] = $"change{number}" }, ["sent"] = new JsonObject { ["N"] = sent } };
        return tables.CallAsync("PutItem", new JsonObject { ["TableName"] = "changes", ["Item"] = item }, cancellationToken);
    }

    /// <summary>Waits until so many ages are in the function's log.</summary>
    private static async Task<List<double>> AgesAsync(ApiClient api, int count, CancellationToken cancellationToken)
    {
        var logs = new LogsClient(api, TimeProvider.System);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            var ages = new List<double>();
            try
            {
                await foreach (var line in logs.ReadAsync(LogsClient.GroupOf(Function), DateTimeOffset.UnixEpoch, limit.Token))
                {
                    if (line.Text.Split('\t')[^1].Split(' ') is ["age", var age])
                    {
                        ages.Add(double.Parse(age, CultureInfo.InvariantCulture));
                    }
                }
            }
            catch (ApiException e) when (e.Code == "ResourceNotFoundException")
            {
                // It has not run yet.
            }

            if (ages.Count >= count)
            {
                return ages;
            }

            await Task.Delay(100, limit.Token);
        }
    }
}
