using System.Text.Json.Nodes;

namespace Petrel.Tests.DynamoDb.Items;

public sealed class TransactionTests : IAsyncLifetime
{
    private const string PutA = "{'Put':{'TableName':'one','Item':{'p':{'S':'a'}}}}";
    private const string Add = "{'Update':{'TableName':'one','Key':{'p':{'S':'n'}},'UpdateExpression':'ADD n :one','ExpressionAttributeValues':{':one':{'N':'1'}}}}";

    private readonly ItemsHost _host = new();

    public async ValueTask InitializeAsync()
    {
        await _host.CreateAsync("one", Schemas.Plain);
        await _host.CreateAsync("two", Schemas.WithText);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task TransactWriteItems_AllFourActions_AreDoneTogether()
    {
        await _host.AnswerAsync("PutItem", "{'TableName':'two','Item':{'p':{'S':'gone'},'s':{'S':'1'}}}");
        var answer = await WriteAsync(
            $"{PutA},{Add},{{'Delete':{{'TableName':'two','Key':{{'p':{{'S':'gone'}},'s':{{'S':'1'}}}}}}}},"
            + "{'ConditionCheck':{'TableName':'one','Key':{'p':{'S':'none'}},'ConditionExpression':'attribute_not_exists(p)'}}",
            ",'ReturnConsumedCapacity':'TOTAL'");
        Assert.Equal(
            "{'ConsumedCapacity':[{'TableName':'one','CapacityUnits':6,'WriteCapacityUnits':6},{'TableName':'two','CapacityUnits':2,'WriteCapacityUnits':2}]}",
            answer);
        Assert.Equal(
            "{'Responses':[{'Item':{'p':{'S':'a'}}},{'Item':{'n':{'N':'1'}}},{}]}",
            await _host.AnswerAsync(
                "TransactGetItems",
                "{'TransactItems':[{'Get':{'TableName':'one','Key':{'p':{'S':'a'}}}},{'Get':{'TableName':'one','Key':{'p':{'S':'n'}},'ProjectionExpression':'n'}},"
                + "{'Get':{'TableName':'two','Key':{'p':{'S':'gone'},'s':{'S':'1'}}}}]}"));
        Assert.Contains(_host.Authorizer.Asked, check => check.Action == "dynamodb:ConditionCheckItem");
    }

    [Fact]
    public async Task TransactWriteItems_ConditionsFail_SaysEachReasonAndChangesNothing()
    {
        await _host.AnswerAsync("PutItem", "{'TableName':'one','Item':{'p':{'S':'there'},'v':{'N':'7'}}}");
        var answer = await _host.AskAsync(
            "TransactWriteItems",
            ("{'TransactItems':[" + PutA + ",{'Put':{'TableName':'one','Item':{'p':{'S':'there'}},'ConditionExpression':'attribute_not_exists(p)',"
            + "'ReturnValuesOnConditionCheckFailure':'ALL_OLD'}},{'ConditionCheck':{'TableName':'one','Key':{'p':{'S':'x'}},'ConditionExpression':'attribute_exists(p)'}}]}")
            .Replace('\'', '"'));
        Assert.Equal(
            "Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed, ConditionalCheckFailed]",
            (string?)answer["Message"]);
        Assert.Equal(
            """[{"Code":"None"},{"Code":"ConditionalCheckFailed","Message":"The conditional request failed","Item":{"p":{"S":"there"},"v":{"N":"7"}}},{"Code":"ConditionalCheckFailed","Message":"The conditional request failed"}]""",
            answer["CancellationReasons"]!.ToJsonString());
        Assert.Equal("{}", await _host.AnswerAsync("GetItem", "{'TableName':'one','Key':{'p':{'S':'a'}}}"));
    }

    [Theory]
    [InlineData("{'Put':{'TableName':'one','Item':{'p':{'N':'1'}}}}", "TransactionCanceledException: Transaction cancelled, please refer cancellation reasons for specific reasons [None, ValidationError]")]
    [InlineData("{'Put':{'TableName':'one','Item':{'p':{'S':'a'}}}}", "ValidationException: Transaction request cannot include multiple operations on one item")]
    [InlineData("{'Put':{'TableName':'none','Item':{'p':{'S':'b'}}}}", "ResourceNotFoundException: Requested resource not found")]
    [InlineData("{'Delete':{'TableName':'one','Key':{'p':{'S':''}}}}", "ValidationException: One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: p")]
    [InlineData("{}", "ValidationException: The action or operation requested is invalid. Verify that the action is typed correctly.")]
    [InlineData("{'Put':{'TableName':'one','Item':{'p':{'S':'b'}}},'Delete':{'TableName':'one','Key':{'p':{'S':'b'}}}}", "ValidationException: TransactItems can only contain one of Check, Put, Update or Delete")]
    [InlineData("{'Update':{'TableName':'one','Key':{'p':{'S':'b'}},'UpdateExpression':'SET x = y'}}", "TransactionCanceledException: Transaction cancelled, please refer cancellation reasons for specific reasons [None, ValidationError]")]
    public async Task TransactWriteItems_Invalid_SaysWhy(string action, string error) =>
        Assert.Equal(error, await _host.ErrorAsync("TransactWriteItems", $"{{'TransactItems':[{PutA},{action}]}}"));

    [Fact]
    public async Task TransactWriteItems_SameToken_IsDoneOnceForTenMinutes()
    {
        await WriteAsync(Add, ",'ClientRequestToken':'t'");
        Assert.Equal(
            "{'ConsumedCapacity':[{'TableName':'one','CapacityUnits':2,'ReadCapacityUnits':2}]}",
            await WriteAsync(Add, ",'ClientRequestToken':'t','ReturnConsumedCapacity':'TOTAL'"));
        Assert.Equal("1", await NumberAsync());
        Assert.StartsWith(
            "IdempotentParameterMismatchException",
            await _host.ErrorAsync("TransactWriteItems", $"{{'TransactItems':[{PutA}],'ClientRequestToken':'t'}}"),
            StringComparison.Ordinal);
        _host.Clock.Advance(TimeSpan.FromMinutes(11));
        await WriteAsync(Add, ",'ClientRequestToken':'t'");
        Assert.Equal("2", await NumberAsync());
    }

    [Fact]
    public async Task Tokens_AfterTheirTime_AreRemoved()
    {
        await WriteAsync(Add, ",'ClientRequestToken':'old'");
        _host.Clock.Advance(TimeSpan.FromMinutes(6));
        await WriteAsync(Add, ",'ClientRequestToken':'young'");
        _host.Clock.Advance(TimeSpan.FromMinutes(6));
        var sweeper = _host.Get<IEnumerable<Microsoft.Extensions.Hosting.IHostedService>>().OfType<Petrel.Server.Services.DynamoDb.Api.Items.TokenSweeper>().Single();
        await sweeper.SweepAsync(CancellationToken.None);
        var rows = await _host.Store.ReadAsync(tx => tx.ScanAsync(new Petrel.Storage.Subspace("dynamodb", "token").Range(), 10));
        Assert.Contains("young", System.Text.Encoding.UTF8.GetString(Assert.Single(rows).Key.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TransactWriteItems_Beyond4Megabytes_IsRefused()
    {
        var text = new string('x', 100_000);
        var puts = string.Join(',', Enumerable.Range(0, 50).Select(i => $"{{'Put':{{'TableName':'one','Item':{{'p':{{'S':'{i}'}},'x':{{'S':'{text}'}}}}}}}}"));
        Assert.Contains("size cannot exceed", await _host.ErrorAsync("TransactWriteItems", $"{{'TransactItems':[{puts}]}}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TransactWriteItems_100Items_AreWritten()
    {
        var puts = string.Join(',', Enumerable.Range(0, 100).Select(i => $"{{'Put':{{'TableName':'one','Item':{{'p':{{'S':'k{i}'}}}}}}}}"));
        await WriteAsync(puts, "");
        var answer = await _host.AskAsync("Scan", """{"TableName":"one","Select":"COUNT"}""");
        Assert.Equal(100, (int)answer["Count"]!);
    }

    private Task<string> WriteAsync(string actions, string more) => _host.AnswerAsync("TransactWriteItems", $"{{'TransactItems':[{actions}]{more}}}");

    private async Task<string?> NumberAsync() =>
        (string?)(await _host.AskAsync("GetItem", """{"TableName":"one","Key":{"p":{"S":"n"}}}"""))["Item"]!["n"]!["N"];
}
