using System.Text.Json;
using Petrel.Conformance.Lambda;

namespace Petrel.Conformance.DynamoDb;

/// <summary>Tables with streams, mappings of them, and what their functions printed.</summary>
internal static class StreamTables
{
    /// <summary>How often, and for how long, the tests look.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private const int Looks = 360;

    /// <returns>The stream's ARN.</returns>
    public static async Task<string> CreateStreamAsync(this Client client, string table)
    {
        var made = await client.CallAsync(
            "dynamodb",
            "create_table",
            new
            {
                TableName = table,
                KeySchema = new[] { new { AttributeName = "id", KeyType = "HASH" } },
                AttributeDefinitions = new[] { new { AttributeName = "id", AttributeType = "S" } },
                BillingMode = "PAY_PER_REQUEST",
                StreamSpecification = new { StreamEnabled = true, StreamViewType = "NEW_AND_OLD_IMAGES" },
            });
        return made.GetProperty("TableDescription").Text("LatestStreamArn")!;
    }

    public static Task<JsonElement> PutAsync(this Client client, string table, string id, int number) => client.CallAsync(
        "dynamodb",
        "put_item",
        new { TableName = table, Item = new { id = new { S = id }, n = new { N = $"{number}" } } });

    /// <summary>Maps a stream to a function, and waits until it is enabled.</summary>
    public static async Task<JsonElement> MapAsync(this Client client, string function, string stream, Dictionary<string, object>? more = null)
    {
        var parameters = new Dictionary<string, object>(more ?? [])
        {
            ["FunctionName"] = function,
            ["EventSourceArn"] = stream,
            ["StartingPosition"] = "TRIM_HORIZON",
        };
        var made = await client.CallAsync("create_event_source_mapping", parameters);
        Assert.Equal((202, "Creating"), (made.Status(), made.Text("State")));
        await LookAsync(async () => (await client.CallAsync("get_event_source_mapping", new { UUID = made.Text("UUID") })).Text("State") == "Enabled");
        return made;
    }

    /// <summary>What the function printed after a word, each as JSON.</summary>
    public static async Task<List<JsonElement>> PrintedAsync(this Client client, string function, string word)
    {
        try
        {
            var pages = await client.CallAsync(
                "logs",
                "$pages",
                new Dictionary<string, object> { ["$operation"] = "filter_log_events", ["logGroupName"] = $"/aws/lambda/{function}", ["filterPattern"] = word });
            return [.. pages.EnumerateArray()
                .SelectMany(page => page.GetProperty("events").EnumerateArray())
                .Select(line => line.Text("message")!)
                .Where(line => line.StartsWith(word, StringComparison.Ordinal))
                .Select(line => JsonDocument.Parse(line[word.Length..]).RootElement)];
        }
        catch (ClientException none) when (none.Code == "ResourceNotFoundException")
        {
            return [];
        }
    }

    public static async Task LookAsync(Func<Task<bool>> condition)
    {
        for (var look = 0; !await condition(); look++)
        {
            Assert.True(look < Looks, "It never came about.");
            await Task.Delay(Pause, TimeProvider.System);
        }
    }
}
