using System.Text.Json.Nodes;
using Petrel.Server.Services.DynamoDb.Model.Tables;

namespace Petrel.Tests.DynamoDb.Items;

public sealed class BatchTests : IAsyncLifetime
{
    private readonly ItemsHost _host = new();

    public async ValueTask InitializeAsync()
    {
        await _host.CreateAsync("one", Schemas.Plain);
        await _host.CreateAsync("two", Schemas.WithText);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task BatchWriteItem_PutsAndDeletesInTables()
    {
        await _host.AnswerAsync("PutItem", "{'TableName':'one','Item':{'p':{'S':'old'}}}");
        Assert.Equal(
            "{'UnprocessedItems':{},'ConsumedCapacity':[{'TableName':'one','CapacityUnits':2},{'TableName':'two','CapacityUnits':1}]}",
            await _host.AnswerAsync(
                "BatchWriteItem",
                "{'RequestItems':{'one':[{'PutRequest':{'Item':{'p':{'S':'a'}}}},{'DeleteRequest':{'Key':{'p':{'S':'old'}}}}],"
                + "'two':[{'PutRequest':{'Item':{'p':{'S':'a'},'s':{'S':'1'}}}}]},'ReturnConsumedCapacity':'TOTAL'}"));
        Assert.Equal(
            "{'Responses':{'one':[{'p':{'S':'a'}}],'two':[{'s':{'S':'1'}}]},'UnprocessedKeys':{}}",
            await _host.AnswerAsync(
                "BatchGetItem",
                "{'RequestItems':{'one':{'Keys':[{'p':{'S':'a'}},{'p':{'S':'old'}}]},"
                + "'two':{'Keys':[{'p':{'S':'a'},'s':{'S':'1'}}],'ProjectionExpression':'s'}}}"));
        Assert.Contains(_host.Authorizer.Asked, c => c is { Action: "dynamodb:BatchWriteItem", Resource: "arn:aws:dynamodb:eu-west-1:111122223333:table/two" });
        Assert.Contains(_host.Authorizer.Asked, c => c is { Action: "dynamodb:BatchGetItem", Resource: "arn:aws:dynamodb:eu-west-1:111122223333:table/one" });
    }

    [Theory]
    [InlineData("'none':[{'PutRequest':{'Item':{'p':{'S':'a'}}}}]", "ResourceNotFoundException: Requested resource not found")]
    [InlineData("'one':[{'PutRequest':{'Item':{'x':{'S':'a'}}}}]", "ValidationException: The provided key element does not match the schema")]
    [InlineData("'one':[{'PutRequest':{'Item':{'p':{'S':'a'}}}},{'DeleteRequest':{'Key':{'p':{'S':'a'}}}}]", "ValidationException: Provided list of item keys contains duplicates")]
    [InlineData("'one':[{}]", "ValidationException: Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes")]
    public async Task BatchWriteItem_Invalid_WritesNothing(string requests, string error)
    {
        Assert.Equal(
            error,
            await _host.ErrorAsync("BatchWriteItem", "{'RequestItems':{'two':[{'PutRequest':{'Item':{'p':{'S':'w'},'s':{'S':'1'}}}}]," + requests + "}}"));
        Assert.Equal("{}", await _host.AnswerAsync("GetItem", "{'TableName':'two','Key':{'p':{'S':'w'},'s':{'S':'1'}}}"));
    }

    [Fact]
    public async Task BatchWriteItem_TooMany_IsRefused()
    {
        string Puts(int from, int count) => string.Join(',', Enumerable.Range(from, count).Select(i => $"{{'PutRequest':{{'Item':{{'p':{{'S':'{i}'}},'s':{{'S':'s'}}}}}}}}"));
        Assert.Contains(
            "Member must have length less than or equal to 25",
            await _host.ErrorAsync("BatchWriteItem", $"{{'RequestItems':{{'one':[{Puts(0, 26)}]}}}}"),
            StringComparison.Ordinal);
        Assert.Equal(
            "ValidationException: Too many items requested for the BatchWriteItem call",
            await _host.ErrorAsync("BatchWriteItem", $"{{'RequestItems':{{'one':[{Puts(0, 20)}],'two':[{Puts(0, 6)}]}}}}"));
    }

    [Fact]
    public async Task BatchGetItem_Beyond16Megabytes_ReturnsTheRestAsARequest()
    {
        var text = new string('x', 390_000);
        for (var i = 0; i < 50; i++)
        {
            await _host.AnswerAsync("PutItem", $"{{'TableName':'one','Item':{{'p':{{'S':'{i}'}},'x':{{'S':'{text}'}}}}}}");
        }

        var keys = string.Join(',', Enumerable.Range(0, 50).Select(i => $"{{'p':{{'S':'{i}'}}}}"));
        var requests = JsonNode.Parse($"{{'one':{{'Keys':[{keys}],'ConsistentRead':true}}}}".Replace('\'', '"'));
        var pages = new List<int>();
        while (requests!.AsObject().Count > 0)
        {
            var answer = await _host.AskAsync("BatchGetItem", $$"""{"RequestItems":{{requests.ToJsonString()}}}""");
            pages.Add(answer["Responses"]!["one"]!.AsArray().Count);
            requests = answer["UnprocessedKeys"];
            Assert.True(requests!["one"] is null || (bool)requests["one"]!["ConsistentRead"]!);
        }

        Assert.Equal([43, 7], pages);
    }

    [Fact]
    public async Task BatchGetItem_KeyTwice_IsRefused() => Assert.Equal(
        "ValidationException: Provided list of item keys contains duplicates",
        await _host.ErrorAsync("BatchGetItem", "{'RequestItems':{'one':{'Keys':[{'p':{'S':'a'}},{'p':{'S':'a'}}]}}}"));

    [Fact]
    public async Task Batch_BeyondThroughput_ReturnsWhatIsLeftOver()
    {
        await _host.CreateAsync("slow", Schemas.Plain, new ThroughputState(1, 1));
        var text = new string('x', 299 * 1024);
        await _host.AnswerAsync("PutItem", "{'TableName':'slow','Item':{'p':{'S':'a'},'x':{'S':'" + text + "'}}}");

        // 300 units were there and 300 were used: the first write of a batch is refused with all others.
        Assert.StartsWith(
            "ProvisionedThroughputExceededException: The level of configured provisioned throughput for the table was exceeded.",
            await _host.ErrorAsync("BatchWriteItem", "{'RequestItems':{'slow':[{'PutRequest':{'Item':{'p':{'S':'b'}}}}]}}"),
            StringComparison.Ordinal);
        var answer = await _host.AnswerAsync(
            "BatchWriteItem", "{'RequestItems':{'slow':[{'PutRequest':{'Item':{'p':{'S':'b'}}}}],'one':[{'PutRequest':{'Item':{'p':{'S':'b'}}}}]}}");
        Assert.Equal("{'UnprocessedItems':{'slow':[{'PutRequest':{'Item':{'p':{'S':'b'}}}}]}}", answer);
        _host.Clock.Advance(TimeSpan.FromSeconds(2));
        await _host.AnswerAsync("BatchWriteItem", "{'RequestItems':{'slow':[{'PutRequest':{'Item':{'p':{'S':'b'}}}}]}}");
    }
}
