using System.Text.Json.Nodes;
using Petrel.Client;

namespace Petrel.Packaging;

/// <summary>Lets a table's changes invoke a function: by the table's stream, which is switched on if it is not, and an event source mapping.</summary>
internal sealed class TableTrigger(ApiClient api, TablesClient tables, TimeProvider time)
{
    private const string Mappings = "/2015-03-31/event-source-mappings";

    /// <summary>Between looks at a stream or mapping that is being made.</summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    /// <returns>False when it is there already.</returns>
    public async Task<bool> EnsureAsync(string table, string function, CancellationToken cancellationToken)
    {
        var stream = await StreamAsync(table, cancellationToken);
        var found = await api.RestAsync(
            HttpMethod.Get, "lambda", $"{Mappings}?EventSourceArn={Uri.EscapeDataString(stream)}&FunctionName={Uri.EscapeDataString(function)}", null, cancellationToken);
        if (found?["EventSourceMappings"]?.AsArray() is { Count: > 0 })
        {
            return false;
        }

        var request = new JsonObject
        {
            ["FunctionName"] = function,
            ["EventSourceArn"] = stream,
            ["StartingPosition"] = "TRIM_HORIZON",
            ["FunctionResponseTypes"] = new JsonArray("ReportBatchItemFailures"),
        };
        var mapping = (await api.RestAsync(HttpMethod.Post, "lambda", Mappings, request, cancellationToken))!;
        while (mapping["State"]?.GetValue<string>() is "Creating" or "Enabling")
        {
            await Task.Delay(PollInterval, time, cancellationToken);
            mapping = (await api.RestAsync(HttpMethod.Get, "lambda", $"{Mappings}/{mapping["UUID"]!.GetValue<string>()}", null, cancellationToken))!;
        }

        return true;
    }

    private async Task<string> StreamAsync(string table, CancellationToken cancellationToken)
    {
        var description = await tables.DescribeAsync(table, cancellationToken);
        if (description["StreamSpecification"]?["StreamEnabled"]?.GetValue<bool>() is not true)
        {
            var stream = new JsonObject { ["StreamEnabled"] = true, ["StreamViewType"] = "NEW_AND_OLD_IMAGES" };
            await tables.CallAsync("UpdateTable", new JsonObject { ["TableName"] = table, ["StreamSpecification"] = stream }, cancellationToken);
            description = await tables.DescribeAsync(table, cancellationToken);
        }

        while (description["LatestStreamArn"] is null || description["TableStatus"]?.GetValue<string>() != "ACTIVE")
        {
            await Task.Delay(PollInterval, time, cancellationToken);
            description = await tables.DescribeAsync(table, cancellationToken);
        }

        return description["LatestStreamArn"]!.GetValue<string>();
    }
}
