using System.Text.Json.Nodes;
using Petrel.Client;
using Petrel.Server.Settings;

namespace Petrel.Bench.Load;

/// <summary>Makes tables on a server that speaks DynamoDB, ours or another, and looks after them.</summary>
internal sealed class BenchTables(Uri endpoint) : IDisposable
{
    private readonly ApiClient _api = new(
        new Connection(endpoint, Connection.DefaultRegion, new Credentials("test", "test"), new PetrelOptions()), TimeProvider.System);

    public void Dispose() => _api.Dispose();

    /// <param name="sort">Whether items have a number <c>sk</c> beside their string <c>pk</c>.</param>
    /// <returns>Its description.</returns>
    public async Task<JsonObject> CreateAsync(string name, bool sort, bool stream, CancellationToken cancellationToken)
    {
        var request = new JsonObject
        {
            ["TableName"] = name,
            ["BillingMode"] = "PAY_PER_REQUEST",
            ["AttributeDefinitions"] = new JsonArray(Attribute("pk", "S")),
            ["KeySchema"] = new JsonArray(Key("pk", "HASH")),
        };
        if (sort)
        {
            request["AttributeDefinitions"]!.AsArray().Add((JsonNode)Attribute("sk", "N"));
            request["KeySchema"]!.AsArray().Add((JsonNode)Key("sk", "RANGE"));
        }

        if (stream)
        {
            request["StreamSpecification"] = new JsonObject { ["StreamEnabled"] = true, ["StreamViewType"] = "NEW_IMAGE" };
        }

        await CallAsync("CreateTable", request, cancellationToken);
        return await WaitUntilActiveAsync(name, cancellationToken);
    }

    /// <summary>Adds an index of every attribute by the number <c>g</c>, and waits until it holds every item.</summary>
    public async Task AddIndexAsync(string table, string index, CancellationToken cancellationToken)
    {
        var create = new JsonObject
        {
            ["IndexName"] = index,
            ["KeySchema"] = new JsonArray(Key("g", "HASH"), Key("sk", "RANGE")),
            ["Projection"] = new JsonObject { ["ProjectionType"] = "ALL" },
        };
        await CallAsync("UpdateTable", new JsonObject
        {
            ["TableName"] = table,
            ["AttributeDefinitions"] = new JsonArray(Attribute("pk", "S"), Attribute("sk", "N"), Attribute("g", "N")),
            ["GlobalSecondaryIndexUpdates"] = new JsonArray(new JsonObject { ["Create"] = create }),
        }, cancellationToken);
        await WaitUntilActiveAsync(table, cancellationToken);
    }

    public async Task<JsonObject> CallAsync(string operation, JsonObject request, CancellationToken cancellationToken) =>
        (await _api.TargetAsync("1.0", "dynamodb", $"DynamoDB_20120810.{operation}", request, cancellationToken))!.AsObject();

    private async Task<JsonObject> WaitUntilActiveAsync(string name, CancellationToken cancellationToken)
    {
        while (true)
        {
            var table = (await CallAsync("DescribeTable", new JsonObject { ["TableName"] = name }, cancellationToken))["Table"]!.AsObject();
            var indexes = table["GlobalSecondaryIndexes"]?.AsArray() ?? [];
            if (table["TableStatus"]!.GetValue<string>() == "ACTIVE" && indexes.All(i => i!["IndexStatus"]!.GetValue<string>() == "ACTIVE"))
            {
                return table;
            }

            await Task.Delay(100, cancellationToken);
        }
    }

    private static JsonObject Attribute(string name, string type) => new() { ["AttributeName"] = name, ["AttributeType"] = type };

    private static JsonObject Key(string name, string kind) => new() { ["AttributeName"] = name, ["KeyType"] = kind };
}
