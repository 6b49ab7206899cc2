using System.Text.Json;
using Petrel.Conformance.Lambda;

namespace Petrel.Conformance.DynamoDb;

/// <summary>boto3 makes a table with a stream, a Python function and a mapping between them; the function runs in its sandbox.</summary>
public sealed class StreamMappingTests(Daemon daemon)
{
    private readonly Client _boto = daemon.NewBoto();

    [Fact]
    public async Task Mapping_OfATableStream_SendsEachChangeToTheFunction()
    {
        var stream = await _boto.CreateStreamAsync("orders");
        await _boto.CreatePythonAsync("project", """
            import json

            def handler(event, context):
                for record in event["Records"]:
                    print("saw", json.dumps(record), flush=True)
            """);
        var mapping = await _boto.MapAsync("project", stream);
        await _boto.PutAsync("orders", "a", 1);
        await _boto.PutAsync("orders", "a", 2);
        await _boto.PutAsync("orders", "a", 2);
        await _boto.CallAsync("dynamodb", "delete_item", new { TableName = "orders", Key = new { id = new { S = "a" } } });
        List<JsonElement> seen = [];
        await StreamTables.LookAsync(async () => (seen = await _boto.PrintedAsync("project", "saw")).Count >= 3);
        Assert.Equal(["INSERT", "MODIFY", "REMOVE"], seen.Select(record => record.Text("eventName")));
        Assert.All(seen, record => Assert.Equal(("aws:dynamodb", "1.1", stream), (
            record.Text("eventSource"), record.Text("eventVersion"), record.Text("eventSourceARN"))));
        var change = seen[1].GetProperty("dynamodb");
        Assert.Equal(("""{"S": "a"}""", """{"N": "1"}""", """{"N": "2"}""", "NEW_AND_OLD_IMAGES"), (
            change.GetProperty("Keys").GetProperty("id").GetRawText(),
            change.GetProperty("OldImage").GetProperty("n").GetRawText(),
            change.GetProperty("NewImage").GetProperty("n").GetRawText(),
            change.Text("StreamViewType")));

        var read = await ReadStreamAsync(stream);
        Assert.Equal(seen.Select(record => record.Text("eventID")), read.Select(record => record.Text("eventID")));
        var deleted = await _boto.CallAsync("delete_event_source_mapping", new { UUID = mapping.Text("UUID") });
        Assert.Equal((202, "Deleting", "OK"), (deleted.Status(), deleted.Text("State"), deleted.Text("LastProcessingResult")));
        await StreamTables.LookAsync(async () =>
            (await _boto.CallAsync("list_event_source_mappings", new { EventSourceArn = stream })).GetProperty("EventSourceMappings").GetArrayLength() == 0);
    }

    [Fact]
    public async Task Mapping_WithBisect_GivesUpOnlyWhatFails()
    {
        var stream = await _boto.CreateStreamAsync("orders");
        await _boto.CreatePythonAsync("picky", """
            import json

            def handler(event, context):
                ids = [r["dynamodb"]["Keys"]["id"]["S"] for r in event["Records"]]
                if "poison" in ids:
                    raise ValueError("poison among " + str(len(ids)))
                for id in ids:
                    print("saw", json.dumps(id), flush=True)
            """);
        for (var i = 0; i < 12; i++)
        {
            await _boto.PutAsync("orders", i == 7 ? "poison" : $"item{i}", i);
        }

        await _boto.MapAsync("picky", stream, new() { ["BisectBatchOnFunctionError"] = true, ["MaximumRetryAttempts"] = 1 });
        await StreamTables.LookAsync(async () => (await _boto.PrintedAsync("picky", "saw")).Count >= 11);
        var seen = (await _boto.PrintedAsync("picky", "saw")).Select(id => id.GetString());
        Assert.Equal(Enumerable.Range(0, 12).Where(i => i != 7).Select(i => $"item{i}"), seen);
    }

    [Fact]
    public async Task Mapping_WithPartialResponses_SendsOnlyTheRestAgain()
    {
        var stream = await _boto.CreateStreamAsync("orders");
        await _boto.CreatePythonAsync("partial", """
            import json

            tried = set()

            def handler(event, context):
                for record in event["Records"]:
                    id = record["dynamodb"]["Keys"]["id"]["S"]
                    if id == "item3" and id not in tried:
                        tried.add(id)
                        return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}
                    print("saw", json.dumps(id), flush=True)
            """);
        for (var i = 0; i < 6; i++)
        {
            await _boto.PutAsync("orders", $"item{i}", i);
        }

        await _boto.MapAsync("partial", stream, new() { ["FunctionResponseTypes"] = new[] { "ReportBatchItemFailures" } });
        await StreamTables.LookAsync(async () => (await _boto.PrintedAsync("partial", "saw")).Count >= 6);
        Assert.Equal(Enumerable.Range(0, 6).Select(i => $"item{i}"), (await _boto.PrintedAsync("partial", "saw")).Select(id => id.GetString()));
    }

    private async Task<List<JsonElement>> ReadStreamAsync(string stream)
    {
        var described = await _boto.CallAsync("dynamodbstreams", "describe_stream", new { StreamArn = stream });
        var shard = Assert.Single(described.GetProperty("StreamDescription").GetProperty("Shards").EnumerateArray());
        var iterator = await _boto.CallAsync(
            "dynamodbstreams",
            "get_shard_iterator",
            new { StreamArn = stream, ShardId = shard.Text("ShardId"), ShardIteratorType = "TRIM_HORIZON" });
        var read = await _boto.CallAsync("dynamodbstreams", "get_records", new { ShardIterator = iterator.Text("ShardIterator") });
        return [.. read.GetProperty("Records").EnumerateArray()];
    }
}
