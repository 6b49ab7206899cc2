using System.Text.Json.Nodes;
using Petrel.Server.Services.DynamoDb.Model.Tables;

namespace Petrel.Tests.DynamoDb.Items;

public sealed class QueryTests : IAsyncLifetime
{
    private const string OfA = "'KeyConditionExpression':'p = :p','ExpressionAttributeValues':{':p':{'S':'a'}}";

    private readonly ItemsHost _host = new();

    public async ValueTask InitializeAsync()
    {
        await _host.CreateAsync(
            "things",
            Schemas.WithNumber,
            Schemas.Global("byG", new KeySchema(Schemas.Text("g"), Schemas.Number("h"))),
            Schemas.Global("keysOfG", new KeySchema(Schemas.Text("g")), ProjectionKind.KeysOnly),
            Schemas.Local("byL", Schemas.Text("l"), ProjectionKind.Include, "x"));
        foreach (var number in new[] { "-10", "-1.5", "0", "0.1", "2", "10", "1e2" })
        {
            await PutAsync($"'p':{{'S':'a'}},'s':{{'N':'{number}'}},'x':{{'S':'x{number}'}},'y':{{'S':'y'}}");
        }
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Query_Numbers_AreInTheirOrderBothWays()
    {
        Assert.Equal(["-10", "-1.5", "0", "0.1", "2", "10", "100"], await SortsAsync(OfA));
        Assert.Equal(["100", "10", "2", "0.1", "0", "-1.5", "-10"], await SortsAsync(OfA + ",'ScanIndexForward':false"));
    }

    [Theory]
    [InlineData("s = :x", "2")]
    [InlineData("s < :x", "-10", "-1.5", "0", "0.1")]
    [InlineData("s <= :x", "-10", "-1.5", "0", "0.1", "2")]
    [InlineData("s > :x", "10", "100")]
    [InlineData("s >= :x", "2", "10", "100")]
    [InlineData("s BETWEEN :x AND :y", "2", "10")]
    public async Task Query_WithSortCondition_IsThatRange(string condition, params string[] expected)
    {
        var values = "':p':{'S':'a'},':x':{'N':'2'}" + (condition.Contains(":y", StringComparison.Ordinal) ? ",':y':{'N':'10'}" : "");
        Assert.Equal(expected, await SortsAsync($"'KeyConditionExpression':'p = :p AND {condition}','ExpressionAttributeValues':{{{values}}}"));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(7, true)]
    [InlineData(3, false)]
    public async Task Query_PageByPage_SeesEachItemOnce(int limit, bool forward)
    {
        var all = await SortsAsync($"{OfA},'ScanIndexForward':{(forward ? "true" : "false")}");
        var seen = new List<string>();
        JsonNode? start = null;
        do
        {
            var page = await AskAsync(
                $"{OfA},'Limit':{limit},'ScanIndexForward':{(forward ? "true" : "false")}" + (start is null ? "" : $",'ExclusiveStartKey':{start.ToJsonString()}"));
            seen.AddRange(Sorts(page));
            start = page["LastEvaluatedKey"];
        }
        while (start is not null);
        Assert.Equal(all, seen);
    }

    [Fact]
    public async Task Query_WithFilter_CountsWhatItLookedAt()
    {
        var page = await AskAsync(
            "'KeyConditionExpression':'p = :p','FilterExpression':'x = :x','Limit':5,'ExpressionAttributeValues':{':p':{'S':'a'},':x':{'S':'x2'}}");
        Assert.Equal((1, 5), ((int)page["Count"]!, (int)page["ScannedCount"]!));
        Assert.Equal("2", (string?)page["LastEvaluatedKey"]!["s"]!["N"]);
        var counted = await AskAsync(OfA + ",'Select':'COUNT'");
        Assert.Equal((7, null), ((int)counted["Count"]!, counted["Items"]));
    }

    [Fact]
    public async Task Query_GlobalIndex_HoldsItemsThatHaveItsKeys()
    {
        await PutAsync("'p':{'S':'b'},'s':{'N':'1'},'g':{'S':'red'},'h':{'N':'2'},'x':{'S':'1'}");
        await PutAsync("'p':{'S':'b'},'s':{'N':'2'},'g':{'S':'red'},'h':{'N':'1'}");
        await PutAsync("'p':{'S':'c'},'s':{'N':'1'},'g':{'S':'red'}");
        const string Red = "'KeyConditionExpression':'g = :g','ExpressionAttributeValues':{':g':{'S':'red'}}";
        Assert.Equal(["2", "1"], await SortsAsync(Red + ",'IndexName':'byG'"));
        var page = await AskAsync(Red + ",'IndexName':'byG','Limit':1");
        Assert.Equal(["g", "h", "p", "s"], page["LastEvaluatedKey"]!.AsObject().Select(k => k.Key).Order());
        Assert.Equal(["1"], await SortsAsync(Red + $",'IndexName':'byG','ExclusiveStartKey':{page["LastEvaluatedKey"]!.ToJsonString()}"));
        var keys = await AskAsync(Red + ",'IndexName':'keysOfG'");
        Assert.Equal(3, (int)keys["Count"]!);
        Assert.All(keys["Items"]!.AsArray(), item => Assert.Equal(["g", "p", "s"], item!.AsObject().Select(k => k.Key).Order()));
    }

    [Fact]
    public async Task Query_LocalIndex_ReadsFromTheTableWhatItDoesNotHold()
    {
        await PutAsync("'p':{'S':'b'},'s':{'N':'1'},'l':{'S':'m'},'x':{'S':'held'},'y':{'S':'not held'}");
        const string Of = "'IndexName':'byL','KeyConditionExpression':'p = :p','ExpressionAttributeValues':{':p':{'S':'b'}}";
        Assert.Equal(["l", "p", "s", "x"], Names(await AskAsync(Of)));
        Assert.Equal(["l", "p", "s", "x", "y"], Names(await AskAsync(Of + ",'Select':'ALL_ATTRIBUTES'")));
        var fetched = await AskAsync(Of + ",'ProjectionExpression':'y','ReturnConsumedCapacity':'INDEXES','ConsistentRead':true");
        Assert.Equal(["y"], Names(fetched));
        Assert.Equal("1", fetched["ConsumedCapacity"]!["Table"]!["CapacityUnits"]!.ToString());
        Assert.Equal("1", fetched["ConsumedCapacity"]!["LocalSecondaryIndexes"]!["byL"]!["CapacityUnits"]!.ToString());
    }

    [Theory]
    [InlineData("'KeyConditionExpression':'p = :p'", "'IndexName':'none'", "The table does not have the specified index: none")]
    [InlineData("'KeyConditionExpression':'g = :p'", "'IndexName':'byG','ConsistentRead':true", "Consistent reads are not supported on global secondary indexes")]
    [InlineData("'KeyConditionExpression':'g = :p'", "'IndexName':'keysOfG','Select':'ALL_ATTRIBUTES'", "One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global secondary index keysOfG because its projection type is not ALL")]
    [InlineData("'KeyConditionExpression':'g = :p'", "'IndexName':'keysOfG','ProjectionExpression':'x'", "One or more parameter values were invalid: Global secondary index keysOfG does not project [x]")]
    [InlineData("'KeyConditionExpression':'p = :p'", "'Select':'SPECIFIC_ATTRIBUTES'", "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES")]
    [InlineData("'KeyConditionExpression':'p = :p'", "'Select':'COUNT','ProjectionExpression':'x'", "Cannot specify the ProjectionExpression when choosing to get only the Count")]
    [InlineData("'KeyConditionExpression':'p = :p'", "'Select':'ALL_PROJECTED_ATTRIBUTES'", "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName")]
    [InlineData("'KeyConditionExpression':'p = :p'", "'FilterExpression':'s = :p'", "Filter Expression can only contain non-primary key attributes: Primary key attribute: s")]
    [InlineData("'KeyConditionExpression':'p = :p'", "'ProjectionExpression':'s.x'", "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: s")]
    [InlineData("'KeyConditionExpression':'p = :p'", "'ExclusiveStartKey':{'p':{'S':'a'}}", "The provided starting key is invalid")]
    [InlineData("'KeyConditionExpression':'p = :p'", "'ExclusiveStartKey':{'p':{'S':'z'},'s':{'N':'1'}}", "The provided starting key is outside query boundaries based on provided conditions")]
    [InlineData("'KeyConditionExpression':'p = :p'", "'ExclusiveStartKey':{'p':{'S':'a'},'s':{'S':'1'}}", "The provided starting key is invalid: The provided key element does not match the schema")]
    public async Task Query_Invalid_SaysWhy(string condition, string more, string message) => Assert.Equal(
        $"ValidationException: {message}",
        await _host.ErrorAsync("Query", $"{{'TableName':'things',{condition},'ExpressionAttributeValues':{{':p':{{'S':'a'}}}},{more}}}"));

    [Theory]
    [InlineData(0, 1, "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: p")]
    [InlineData(2_049, 1, "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes")]
    [InlineData(1, 1_025, "One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit of 1024 bytes")]
    public async Task Query_WithValuesThatNoKeyHas_IsRefused(int partition, int sort, string message) => Assert.Equal(
        $"ValidationException: {message}",
        await _host.ErrorAsync(
            "Query",
            "{'TableName':'things','IndexName':'byL','KeyConditionExpression':'p = :p AND l < :l','ExpressionAttributeValues':{':p':{'S':'"
            + new string('p', partition) + "'},':l':{'S':'" + new string('l', sort) + "'}}}"));

    [Fact]
    public async Task Query_BeyondAMegabyte_EndsItsPageThere()
    {
        var text = new string('x', 100_000);
        for (var i = 0; i < 15; i++)
        {
            await PutAsync($"'p':{{'S':'large'}},'s':{{'N':'{i}'}},'x':{{'S':'{text}'}}");
        }

        const string Of = "'KeyConditionExpression':'p = :p','ExpressionAttributeValues':{':p':{'S':'large'}},'ReturnConsumedCapacity':'TOTAL'";
        var page = await AskAsync(Of);
        Assert.Equal(11, (int)page["Count"]!);
        Assert.Equal("134.5", page["ConsumedCapacity"]!["CapacityUnits"]!.ToString());
        var rest = await AskAsync(Of + $",'ExclusiveStartKey':{page["LastEvaluatedKey"]!.ToJsonString()}");
        Assert.Equal((4, null), ((int)rest["Count"]!, rest["LastEvaluatedKey"]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(16)]
    public async Task Scan_InSegments_SeesEachItemInOne(int segments)
    {
        for (var i = 0; i < 40; i++)
        {
            await PutAsync($"'p':{{'S':'part {i}'}},'s':{{'N':'1'}},'g':{{'S':'g{i % 5}'}}");
        }

        var seen = new List<string>();
        var entries = new List<string>();
        for (var segment = 0; segment < segments; segment++)
        {
            seen.AddRange(await ScanAllAsync($"'Segment':{segment},'TotalSegments':{segments},'Limit':4"));
            entries.AddRange(await ScanAllAsync($"'Segment':{segment},'TotalSegments':{segments},'IndexName':'keysOfG','Limit':3"));
        }

        Assert.Equal(47, seen.Distinct().Count());
        Assert.Equal(47, seen.Count);
        Assert.Equal(40, entries.Distinct().Count());
        Assert.Equal(40, entries.Count);
    }

    [Fact]
    public async Task Scan_WithTheKeyOfAnotherSegment_IsRefused()
    {
        var page = await _host.AskAsync("Scan", """{"TableName":"things","Limit":1}""");
        var last = page["LastEvaluatedKey"]!.ToJsonString();
        var errors = new List<string>();
        for (var segment = 0; segment < 2; segment++)
        {
            var answer = await _host.AskAsync("Scan", $$"""{"TableName":"things","Segment":{{segment}},"TotalSegments":2,"ExclusiveStartKey":{{last}}}""");
            if (answer["message"] is { } message)
            {
                errors.Add((string)message!);
            }
        }

        Assert.StartsWith("The provided starting key is invalid: Invalid ExclusiveStartKey.", Assert.Single(errors), StringComparison.Ordinal);
    }

    private async Task<List<string>> ScanAllAsync(string parameters)
    {
        var seen = new List<string>();
        JsonNode? start = null;
        do
        {
            var from = start is null ? "" : $",'ExclusiveStartKey':{start.ToJsonString()}";
            var page = await _host.AskAsync("Scan", $"{{'TableName':'things',{parameters}{from}}}".Replace('\'', '"'));
            seen.AddRange(page["Items"]!.AsArray().Select(item => $"{item!["p"]!["S"]}/{item["s"]!["N"]}"));
            start = page["LastEvaluatedKey"];
        }
        while (start is not null);
        return seen;
    }

    private async Task PutAsync(string item) => await _host.AnswerAsync("PutItem", $"{{'TableName':'things','Item':{{{item}}}}}");

    private async Task<JsonNode> AskAsync(string parameters)
    {
        var answer = await _host.AskAsync("Query", $"{{'TableName':'things',{parameters}}}".Replace('\'', '"'));
        Assert.True(answer["__type"] is null, answer.ToJsonString());
        return answer;
    }

    private async Task<List<string>> SortsAsync(string parameters) => Sorts(await AskAsync(parameters));

    private static List<string> Sorts(JsonNode page) => [.. page["Items"]!.AsArray().Select(item => (string)item!["s"]!["N"]!)];

    private static IEnumerable<string> Names(JsonNode page) => page["Items"]!.AsArray().Single()!.AsObject().Select(k => k.Key).Order();
}
