using Petrel.Server.Services.DynamoDb.Model.Tables;

namespace Petrel.Tests.DynamoDb.Items;

public sealed class CapacityTests : IAsyncLifetime
{
    private readonly ItemsHost _host = new();

    public async ValueTask InitializeAsync()
    {
        await _host.CreateAsync("plain", Schemas.Plain);
        await _host.CreateAsync(
            "indexed",
            Schemas.WithText,
            Schemas.Global("g", new KeySchema(Schemas.Text("g")), ProjectionKind.KeysOnly),
            Schemas.Local("l", Schemas.Text("l")));
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData(4_096, true, "1")]
    [InlineData(4_096, false, "0.5")]
    [InlineData(4_097, true, "2")]
    [InlineData(4_097, false, "1")]
    public async Task GetItem_CountsBlocksOf4Kilobytes(int size, bool consistent, string units)
    {
        await _host.AnswerAsync("PutItem", "{'TableName':'plain','Item':{'p':{'S':'a'},'x':{'S':'" + new string('x', size - 3) + "'}}}");
        Assert.Equal(
            $"{{'ConsumedCapacity':{{'TableName':'plain','CapacityUnits':{units}}}}}",
            await _host.AnswerAsync(
                "GetItem",
                "{'TableName':'plain','Key':{'p':{'S':'a'}},'ProjectionExpression':'nothing','ReturnConsumedCapacity':'TOTAL','ConsistentRead':" + (consistent ? "true}" : "false}"))
                is var answer && answer.StartsWith("{'Item':{},", StringComparison.Ordinal) ? "{" + answer["{'Item':{},".Length..] : answer);
    }

    [Fact]
    public async Task GetItem_OfNothing_CountsOneBlock() => Assert.Equal(
        "{'ConsumedCapacity':{'TableName':'plain','CapacityUnits':0.5,'Table':{'CapacityUnits':0.5}}}",
        await _host.AnswerAsync("GetItem", "{'TableName':'plain','Key':{'p':{'S':'z'}},'ReturnConsumedCapacity':'INDEXES'}"));

    [Fact]
    public async Task PutItem_CountsTheLargerOfBothItems()
    {
        Assert.Equal("3", await PutUnitsAsync(2_049));
        Assert.Equal("3", await PutUnitsAsync(10));
        Assert.Equal("1", await PutUnitsAsync(10));
    }

    [Fact]
    public async Task PutItem_CountsEntriesOfIndexes()
    {
        Assert.Equal(
            "{'TableName':'indexed','CapacityUnits':3,'Table':{'CapacityUnits':1},'LocalSecondaryIndexes':{'l':{'CapacityUnits':1}},'GlobalSecondaryIndexes':{'g':{'CapacityUnits':1}}}",
            await PutIndexedAsync("'g':{'S':'1'},'l':{'S':'1'}"));

        // A key of an index that changes is an entry deleted and one put; what an index does not hold changes nothing in it.
        Assert.Equal(
            "{'TableName':'indexed','CapacityUnits':4,'Table':{'CapacityUnits':1},'LocalSecondaryIndexes':{'l':{'CapacityUnits':1}},'GlobalSecondaryIndexes':{'g':{'CapacityUnits':2}}}",
            await PutIndexedAsync("'g':{'S':'2'},'l':{'S':'1'}"));
        Assert.Equal(
            "{'TableName':'indexed','CapacityUnits':2,'Table':{'CapacityUnits':1},'LocalSecondaryIndexes':{'l':{'CapacityUnits':1}}}",
            await PutIndexedAsync("'g':{'S':'2'},'l':{'S':'1'},'other':{'S':'x'}"));
    }

    [Fact]
    public async Task PutItem_IntoACollection_TellsItsSize()
    {
        Assert.Equal(
            "{'ItemCollectionMetrics':{'ItemCollectionKey':{'p':{'S':'a'}},'SizeEstimateRangeGB':[0,1]}}",
            await _host.AnswerAsync("PutItem", "{'TableName':'indexed','Item':{'p':{'S':'a'},'s':{'S':'1'}},'ReturnItemCollectionMetrics':'SIZE'}"));
        Assert.Equal("{}", await _host.AnswerAsync("PutItem", "{'TableName':'plain','Item':{'p':{'S':'a'}},'ReturnItemCollectionMetrics':'SIZE'}"));
    }

    [Fact]
    public async Task Requests_BeyondThroughput_AreRefusedUntilItComesAgain()
    {
        await _host.CreateAsync("slow", Schemas.Plain, new ThroughputState(1, 1));
        for (var i = 0; i < 300; i++)
        {
            await _host.AnswerAsync("PutItem", $"{{'TableName':'slow','Item':{{'p':{{'S':'{i}'}}}}}}");
        }

        Assert.Equal(
            "ProvisionedThroughputExceededException: The level of configured provisioned throughput for the table was exceeded. "
            + "Consider increasing your provisioning level with the UpdateTable API.",
            await _host.ErrorAsync("PutItem", "{'TableName':'slow','Item':{'p':{'S':'x'}}}"));
        Assert.Equal(
            "TransactionCanceledException: Transaction cancelled, please refer cancellation reasons for specific reasons [ProvisionedThroughputExceeded]",
            await _host.ErrorAsync("TransactWriteItems", "{'TransactItems':[{'Put':{'TableName':'slow','Item':{'p':{'S':'x'}}}}]}"));

        // Reads have units of their own.
        await _host.AnswerAsync("GetItem", "{'TableName':'slow','Key':{'p':{'S':'1'}}}");
        _host.Clock.Advance(TimeSpan.FromSeconds(1));
        await _host.AnswerAsync("PutItem", "{'TableName':'slow','Item':{'p':{'S':'x'}}}");
        Assert.StartsWith(
            "ProvisionedThroughputExceededException", await _host.ErrorAsync("PutItem", "{'TableName':'slow','Item':{'p':{'S':'y'}}}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Writes_BeyondAnIndexsThroughput_AreRefused()
    {
        var index = Schemas.Global("g", new KeySchema(Schemas.Text("g"))) with { Throughput = new ThroughputState(1, 1) };
        await _host.CreateAsync("lopsided", Schemas.Plain, new ThroughputState(1_000, 1_000), index);
        for (var i = 0; i < 300; i++)
        {
            await _host.AnswerAsync("PutItem", $"{{'TableName':'lopsided','Item':{{'p':{{'S':'{i}'}},'g':{{'S':'x'}}}}}}");
        }

        Assert.Equal(
            "ProvisionedThroughputExceededException: The level of configured provisioned throughput for one or more global secondary indexes of the table "
            + "was exceeded. Consider increasing your provisioning level for the under-provisioned global secondary indexes with the UpdateTable API",
            await _host.ErrorAsync("PutItem", "{'TableName':'lopsided','Item':{'p':{'S':'x'},'g':{'S':'x'}}}"));
    }

    private async Task<string> PutUnitsAsync(int size)
    {
        var answer = await _host.AskAsync(
            "PutItem", $$$"""{"TableName":"plain","Item":{"p":{"S":"a"},"x":{"S":"{{{new string('x', size - 3)}}}"}},"ReturnConsumedCapacity":"TOTAL"}""");
        return answer["ConsumedCapacity"]!["CapacityUnits"]!.ToString();
    }

    private async Task<string> PutIndexedAsync(string attributes)
    {
        var answer = await _host.AskAsync(
            "PutItem",
            $"{{'TableName':'indexed','Item':{{'p':{{'S':'a'}},'s':{{'S':'1'}},{attributes}}},'ReturnConsumedCapacity':'INDEXES'}}".Replace('\'', '"'));
        return answer["ConsumedCapacity"]!.ToJsonString().Replace('"', '\'');
    }
}
