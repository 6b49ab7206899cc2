using System.Net;
using System.Text.Json.Nodes;

namespace Petrel.Conformance.DynamoDb;

/// <summary>Streams of tables as they were recorded of the real service: the members of a record, its sizes, the changes that make none.</summary>
public sealed class RecordedStreamTests : IDisposable
{
    private readonly HttpClient _http = new();
    private readonly TableCaller _tables;

    public RecordedStreamTests(Daemon daemon) => _tables = new TableCaller(_http, daemon.Endpoint, daemon.NewBoto().Account);

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task Records_OfBatches_AreAsRecorded()
    {
        var stream = await CreateAsync("id", "NEW_AND_OLD_IMAGES");
        await OkAsync("PutItem", """{"TableName":"tab","Item":{"id":{"S":"Fred"}}}""");
        await OkAsync("BatchWriteItem", """{"RequestItems":{"tab":[{"PutRequest":{"Item":{"id":{"S":"Fred"}}}},{"PutRequest":{"Item":{"id":{"S":"NewKey"}}}}]}}""");
        await OkAsync("BatchWriteItem", """{"RequestItems":{"tab":[{"DeleteRequest":{"Key":{"id":{"S":"NewKey"}}}}]}}""");
        var records = await RecordsAsync(stream);
        Assert.Equal(["INSERT Fred 12", "INSERT NewKey 16", "REMOVE NewKey 16"], records.Select(Line));
        Assert.Equal("awsRegion dynamodb eventID eventName eventSource eventVersion", Members(records[0]));
        Assert.Equal("ApproximateCreationDateTime Keys NewImage SequenceNumber SizeBytes StreamViewType", Members(records[0]["dynamodb"]));
        Assert.Equal("ApproximateCreationDateTime Keys OldImage SequenceNumber SizeBytes StreamViewType", Members(records[2]["dynamodb"]));
        Assert.Equal(("us-east-1", "aws:dynamodb", "1.1"), (Text(records[0], "awsRegion"), Text(records[0], "eventSource"), Text(records[0], "eventVersion")));
    }

    [Fact]
    public async Task Records_OfTransactions_AreAsRecorded()
    {
        var stream = await CreateAsync("id", "NEW_AND_OLD_IMAGES");
        await OkAsync("PutItem", """{"TableName":"tab","Item":{"id":{"S":"Fred"}}}""");
        await OkAsync("TransactWriteItems", """{"TransactItems":[{"Put":{"TableName":"tab","Item":{"id":{"S":"NewKey"}}}},{"Put":{"TableName":"tab","Item":{"id":{"S":"Fred"}}}}]}""");
        await OkAsync("TransactWriteItems", """
            {"TransactItems":[{"Update":{"TableName":"tab","Key":{"id":{"S":"Fred"}},"UpdateExpression":"SET attr1 = :v1, attr2 = :v2","ExpressionAttributeValues":{":v1":{"S":"value1"},":v2":{"S":"value2"}}}}]}
            """);
        await OkAsync("TransactWriteItems", """{"TransactItems":[{"Delete":{"TableName":"tab","Key":{"id":{"S":"NewKey"}}}}]}""");
        var records = await RecordsAsync(stream);
        Assert.Equal(["INSERT Fred 12", "INSERT NewKey 16", "MODIFY Fred 40", "REMOVE NewKey 16"], records.Select(Line));
    }

    [Fact]
    public async Task Records_OfUpdates_HaveBothImagesAndTheirSize()
    {
        var stream = await CreateAsync("id", "NEW_AND_OLD_IMAGES");
        foreach (var (one, two) in new[] { ("value1", "value2"), ("value2", "value3"), ("value2", "value3") })
        {
            await OkAsync("UpdateItem", $$$$"""
                {"TableName":"tab","Key":{"id":{"S":"my-item-id"}},"UpdateExpression":"SET attr1 = :v1, attr2 = :v2","ExpressionAttributeValues":{":v1":{"S":"{{{{one}}}}"},":v2":{"S":"{{{{two}}}}"}}}
                """);
        }

        var records = await RecordsAsync(stream);
        Assert.Equal(["INSERT my-item-id 46", "MODIFY my-item-id 80"], records.Select(Line));
        Assert.Equal("value1", records[1]["dynamodb"]!["OldImage"]!["attr1"]!["S"]!.GetValue<string>());
        Assert.Equal("value3", records[1]["dynamodb"]!["NewImage"]!["attr2"]!["S"]!.GetValue<string>());
    }

    [Fact]
    public async Task Records_OfKeysOnly_HaveKeysOnly()
    {
        var stream = await CreateAsync("Username", "KEYS_ONLY");
        await OkAsync("PutItem", """{"TableName":"tab","Item":{"Username":{"S":"Fred"}}}""");
        await OkAsync("UpdateItem", """{"TableName":"tab","Key":{"Username":{"S":"Fred"}},"UpdateExpression":"SET S = :r","ExpressionAttributeValues":{":r":{"S":"Fred_Modified"}}}""");
        await OkAsync("DeleteItem", """{"TableName":"tab","Key":{"Username":{"S":"Fred"}}}""");
        await OkAsync("PutItem", """{"TableName":"tab","Item":{"Username":{"S":"Alice"}}}""");
        var records = await RecordsAsync(stream);
        Assert.Equal(["INSERT Fred 12", "MODIFY Fred 12", "REMOVE Fred 12", "INSERT Alice 13"], records.Select(Line));
        Assert.All(records, r => Assert.Equal("ApproximateCreationDateTime Keys SequenceNumber SizeBytes StreamViewType", Members(r["dynamodb"])));
    }

    [Fact]
    public async Task Description_OfAStream_IsAsRecorded()
    {
        var arn = await CreateAsync("id", "NEW_AND_OLD_IMAGES");
        var stream = (await StreamAsync("DescribeStream", $$"""{"StreamArn":"{{arn}}"}"""))["StreamDescription"]!;
        Assert.Equal("CreationRequestDateTime KeySchema Shards StreamArn StreamLabel StreamStatus StreamViewType TableName", Members(stream));
        Assert.Equal("SequenceNumberRange ShardId", Members(stream["Shards"]![0]));
        Assert.Equal("StartingSequenceNumber", Members(stream["Shards"]![0]!["SequenceNumberRange"]));
        Assert.Equal(("ENABLED", arn, $"{arn.Split('/')[^1]}"), (Text(stream, "StreamStatus"), Text(stream, "StreamArn"), Text(stream, "StreamLabel")));
    }

    private static string Line(JsonNode record)
    {
        var change = record["dynamodb"]!;
        return $"{Text(record, "eventName")} {change["Keys"]!.AsObject().First().Value!["S"]!.GetValue<string>()} {change["SizeBytes"]!.GetValue<int>()}";
    }

    private static string Members(JsonNode? node) => string.Join(' ', node!.AsObject().Select(m => m.Key).Order(StringComparer.Ordinal));

    private static string Text(JsonNode node, string member) => node[member]!.GetValue<string>();

    /// <returns>The stream's ARN.</returns>
    private async Task<string> CreateAsync(string key, string view)
    {
        var created = await OkAsync("CreateTable", $$"""
            {"TableName":"tab","AttributeDefinitions":[{"AttributeName":"{{key}}","AttributeType":"S"}],"KeySchema":[{"AttributeName":"{{key}}","KeyType":"HASH"}],
            "ProvisionedThroughput":{"ReadCapacityUnits":50,"WriteCapacityUnits":50},"StreamSpecification":{"StreamEnabled":true,"StreamViewType":"{{view}}"} }
            """);
        await _tables.WaitUntilActiveAsync("tab");
        return Text(created["TableDescription"]!, "LatestStreamArn");
    }

    private async Task<List<JsonNode>> RecordsAsync(string arn)
    {
        var stream = (await StreamAsync("DescribeStream", $$"""{"StreamArn":"{{arn}}"}"""))["StreamDescription"]!;
        var shard = Text(stream["Shards"]![0]!, "ShardId");
        var first = await StreamAsync("GetShardIterator", $$"""{"StreamArn":"{{arn}}","ShardId":"{{shard}}","ShardIteratorType":"TRIM_HORIZON"}""");
        var page = await StreamAsync("GetRecords", $$"""{"ShardIterator":"{{Text(first, "ShardIterator")}}"}""");
        return [.. page["Records"]!.AsArray().Select(r => r!)];
    }

    private Task<JsonNode> OkAsync(string operation, string body) => OkAsync(operation, body, "DynamoDB_20120810");

    private Task<JsonNode> StreamAsync(string operation, string body) => OkAsync(operation, body, "DynamoDBStreams_20120810");

    private async Task<JsonNode> OkAsync(string operation, string body, string prefix)
    {
        var answer = await _tables.SendAsync(operation, body, prefix);
        Assert.True(answer.Status == HttpStatusCode.OK, $"{operation} answered {answer}");
        return answer.Body!;
    }
}
