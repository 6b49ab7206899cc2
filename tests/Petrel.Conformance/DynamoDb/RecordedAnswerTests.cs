using System.Net;
using System.Text.Json.Nodes;

namespace Petrel.Conformance.DynamoDb;

/// <summary>Answers as they were recorded of the real service: their members, messages, sizes and order.</summary>
public sealed class RecordedAnswerTests : IDisposable
{
    private readonly HttpClient _http = new();
    private readonly TableCaller _tables;
    private readonly string _account;

    public RecordedAnswerTests(Daemon daemon)
    {
        _account = daemon.NewBoto().Account;
        _tables = new TableCaller(_http, daemon.Endpoint, _account);
    }

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task Table_FromCreationToDeletion_IsDescribedAsRecorded()
    {
        var created = await OkAsync("CreateTable", Table("tab", "id"));
        Assert.Equal(
            "AttributeDefinitions CreationDateTime DeletionProtectionEnabled ItemCount KeySchema ProvisionedThroughput TableArn TableId TableName TableSizeBytes TableStatus",
            Members(created["TableDescription"]));
        Assert.Equal("NumberOfDecreasesToday ReadCapacityUnits WriteCapacityUnits", Members(created["TableDescription"]!["ProvisionedThroughput"]));
        Assert.Equal("CREATING", Text(created, "TableDescription", "TableStatus"));
        await _tables.WaitUntilActiveAsync("tab");
        var described = (await OkAsync("DescribeTable", """{"TableName":"tab"}"""))["Table"]!;
        Assert.Equal(
            "AttributeDefinitions CreationDateTime DeletionProtectionEnabled ItemCount KeySchema ProvisionedThroughput TableArn TableId TableName TableSizeBytes TableStatus WarmThroughput",
            Members(described));
        Assert.Equal("""{"ReadUnitsPerSecond":5,"Status":"ACTIVE","WriteUnitsPerSecond":5}""", Sorted(described["WarmThroughput"]));
        await FailsAsync("CreateTable", Table("tab", "id"), "ResourceInUseException", "Table already exists: tab");
        var deleted = (await OkAsync("DeleteTable", """{"TableName":"tab"}"""))["TableDescription"];
        Assert.Equal("DeletionProtectionEnabled ItemCount ProvisionedThroughput TableArn TableId TableName TableSizeBytes TableStatus", Members(deleted));
        Assert.Equal("DELETING", deleted!["TableStatus"]!.GetValue<string>());
        await FailsAsync("DeleteTable", """{"TableName":"non-existent"}""", "ResourceNotFoundException", "Requested resource not found: Table: non-existent not found");
    }

    [Theory]
    [InlineData("PAY_PER_REQUEST", 0, 12_000, 4_000)]
    [InlineData("PROVISIONED", 1, 1, 1)]
    public async Task Index_ByBillingMode_IsDescribedAsRecorded(string mode, int units, int warmReads, int warmWrites)
    {
        var request = JsonNode.Parse(Table("tab", "TID"))!;
        request["AttributeDefinitions"]!.AsArray().Add(JsonNode.Parse("""{"AttributeName":"TRID","AttributeType":"S"}"""));
        var index = JsonNode.Parse("""{"IndexName":"records","KeySchema":[{"AttributeName":"TRID","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}""")!;
        request["GlobalSecondaryIndexes"] = new JsonArray(index);
        if (mode == "PROVISIONED")
        {
            index["ProvisionedThroughput"] = JsonNode.Parse("""{"ReadCapacityUnits":1,"WriteCapacityUnits":1}""");
        }
        else
        {
            request["BillingMode"] = mode;
            request.AsObject().Remove("ProvisionedThroughput");
        }

        var created = (await OkAsync("CreateTable", request.ToJsonString()))["TableDescription"]!;
        Assert.Equal(mode == "PROVISIONED", created["BillingModeSummary"] is null);
        Assert.Equal(
            "IndexArn IndexName IndexSizeBytes IndexStatus ItemCount KeySchema Projection ProvisionedThroughput",
            Members(created["GlobalSecondaryIndexes"]![0]));
        await _tables.WaitUntilActiveAsync("tab");
        var described = (await OkAsync("DescribeTable", """{"TableName":"tab"}"""))["Table"]!["GlobalSecondaryIndexes"]![0]!;
        Assert.Equal($$"""{"NumberOfDecreasesToday":0,"ReadCapacityUnits":{{units}},"WriteCapacityUnits":{{units}}}""", Sorted(described["ProvisionedThroughput"]));
        Assert.Equal($$"""{"ReadUnitsPerSecond":{{warmReads}},"Status":"ACTIVE","WriteUnitsPerSecond":{{warmWrites}}}""", Sorted(described["WarmThroughput"]));
        Assert.Equal($"arn:aws:dynamodb:us-east-1:{_account}:table/tab/index/records", Text(described, "IndexArn"));
    }

    [Fact]
    public async Task Throughput_OfATableOnDemand_IsRefused() => await FailsAsync(
        "CreateTable",
        Table("tab", "id").Replace("\"TableName\"", "\"BillingMode\":\"PAY_PER_REQUEST\",\"TableName\"", StringComparison.Ordinal),
        "ValidationException",
        "One or more parameter values were invalid: Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST");

    [Fact]
    public async Task Writes_WithReturnValues_AnswerAsRecorded()
    {
        await CreateAsync("tab", "id");
        const string put = """{"TableName":"tab","Item":{"id":{"S":"id1"},"data":{"S":"foobar"}},"ReturnValues":"ALL_OLD"}""";
        Assert.Equal("{}", Sorted(await OkAsync("PutItem", put)));
        Assert.Equal("""{"Attributes":{"data":{"S":"foobar"},"id":{"S":"id1"}}}""", Sorted(await OkAsync("PutItem", put)));
        Assert.Equal("{}", Sorted(await OkAsync("PutItem", put.Replace("ALL_OLD", "NONE", StringComparison.Ordinal))));
        var failed = await _tables.SendAsync(
            "PutItem",
            put.Replace("\"ReturnValues\":\"ALL_OLD\"", "\"ConditionExpression\":\"attribute_not_exists(id)\",\"ReturnValuesOnConditionCheckFailure\":\"ALL_OLD\"", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.BadRequest, failed.Status);
        Assert.Equal("ConditionalCheckFailedException", failed.Error);
        Assert.Equal("The conditional request failed", Text(failed.Body!, "message"));
        Assert.Equal("""{"data":{"S":"foobar"},"id":{"S":"id1"}}""", Sorted(failed.Body!["Item"]));
    }

    [Fact]
    public async Task Transactions_ByNameAndArn_AnswerAsRecorded()
    {
        await CreateAsync("tab", "id");
        foreach (var name in new[] { "tab", $"arn:aws:dynamodb:us-east-1:{_account}:table/tab" })
        {
            Assert.Equal("{}", Sorted(await OkAsync("TransactWriteItems", $$$$$"""{"TransactItems":[{"Put":{"TableName":"{{{{{name}}}}}","Item":{"id":{"S":"John"}}}}]}""")));
            var got = await OkAsync("TransactGetItems", $$$$$"""{"TransactItems":[{"Get":{"TableName":"{{{{{name}}}}}","Key":{"id":{"S":"John"}}}}]}""");
            Assert.Equal("""{"Responses":[{"Item":{"id":{"S":"John"}}}]}""", Sorted(got));
        }

        await FailsAsync(
            "TransactWriteItems",
            """{"TransactItems":[{"ConditionCheck":{"TableName":"tab","Key":{"id":{"S":"foo"}},"ConditionExpression":"attribute_exists(id)"}},{"Put":{"TableName":"tab","Item":{"id":{"S":"bar"}}}}]}""",
            "TransactionCanceledException",
            "Transaction cancelled, please refer cancellation reasons for specific reasons [ConditionalCheckFailed, None]");
        await FailsAsync(
            "TransactWriteItems", """{"TransactItems":[{"Put":{"TableName":"nosuch","Item":{"id":{"S":"foo"}}}}]}""", "ResourceNotFoundException", "Requested resource not found");
    }

    [Fact]
    public async Task Batches_RightAndWrong_AnswerAsRecorded()
    {
        await CreateAsync("tab", "id");
        Assert.Equal("""{"UnprocessedItems":{}}""", Sorted(await OkAsync("BatchWriteItem", """{"RequestItems":{"tab":[{"PutRequest":{"Item":{"id":{"S":"a"},"b":{"B":"kA=="}}}}]}}""")));
        Assert.Equal("""{"Responses":{"tab":[]},"UnprocessedKeys":{}}""", Sorted(await OkAsync("BatchGetItem", """{"RequestItems":{"tab":{"Keys":[{"id":{"S":"none"}}]}}}""")));
        await FailsAsync(
            "BatchWriteItem", """{"RequestItems":{"tab":[{"DeleteRequest":{"Key":{"id":{"S":"a"},"other":{"S":"b"}}}}]}}""", "ValidationException",
            "The provided key element does not match the schema");
    }

    [Fact]
    public async Task Statements_RightAndWrong_AnswerAsRecorded()
    {
        await CreateAsync("tab", "Username");
        Assert.Equal("""{"Responses":[]}""", Sorted(await OkAsync(
            "ExecuteTransaction",
            """{"TransactStatements":[{"Statement":"INSERT INTO tab VALUE {'Username':'user01'}"},{"Statement":"INSERT INTO tab VALUE {'Username':'user02'}"}]}""")));
        Assert.Equal("""{"Responses":[{"TableName":"tab"},{"TableName":"tab"}]}""", Sorted(await OkAsync(
            "BatchExecuteStatement",
            """{"Statements":[{"Statement":"INSERT INTO tab VALUE {'Username':'user03'}"},{"Statement":"UPDATE tab SET Age=20 WHERE Username='user02'"}]}""")));
        await OkAsync("PutItem", """{"TableName":"tab","Item":{"Username":{"S":"Alice123"},"FirstName":{"S":"Alice"}}}""");
        var found = await OkAsync("ExecuteStatement", """{"Statement":"SELECT * FROM tab WHERE FirstName IS NOT MISSING"}""");
        Assert.Equal("""[{"FirstName":{"S":"Alice"},"Username":{"S":"Alice123"}}]""", Sorted(found["Items"]));
        await FailsAsync(
            "ExecuteStatement", """{"Statement":"SELECT * FROM tab","Parameters":[]}""", "ValidationException",
            "1 validation error detected: Value '[]' at 'parameters' failed to satisfy constraint: Member must have length greater than or equal to 1");
    }

    [Fact]
    public async Task ContinuousBackups_Enabled_AreDescribedAsRecorded()
    {
        await CreateAsync("tab", "id");
        var answers = new[]
        {
            await OkAsync("UpdateContinuousBackups", """{"TableName":"tab","PointInTimeRecoverySpecification":{"PointInTimeRecoveryEnabled":true}}"""),
            await OkAsync("DescribeContinuousBackups", """{"TableName":"tab"}"""),
        };
        foreach (var answer in answers)
        {
            var description = answer["ContinuousBackupsDescription"]!;
            Assert.Equal("ENABLED", Text(description, "ContinuousBackupsStatus"));
            Assert.Equal(
                "EarliestRestorableDateTime LatestRestorableDateTime PointInTimeRecoveryStatus RecoveryPeriodInDays",
                Members(description["PointInTimeRecoveryDescription"]));
            Assert.Equal(35, description["PointInTimeRecoveryDescription"]!["RecoveryPeriodInDays"]!.GetValue<int>());
        }
    }

    private static string Table(string name, string key) =>
        $$"""
        {"TableName":"{{name}}","AttributeDefinitions":[{"AttributeName":"{{key}}","AttributeType":"S"}],"KeySchema":[{"AttributeName":"{{key}}","KeyType":"HASH"}],
        "ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":5} }
        """;

    private static string Members(JsonNode? node) => string.Join(' ', node!.AsObject().Select(m => m.Key).Order(StringComparer.Ordinal));

    private static string Sorted(JsonNode? node) => AnswerForm.Of(new TableAnswer(HttpStatusCode.OK, node), ordered: true)["200 ".Length..];

    private static string Text(JsonNode node, params string[] path) => path.Aggregate(node, (n, member) => n[member]!).GetValue<string>();

    private async Task CreateAsync(string name, string key)
    {
        await OkAsync("CreateTable", Table(name, key));
        await _tables.WaitUntilActiveAsync(name);
    }

    private async Task<JsonNode> OkAsync(string operation, string body)
    {
        var answer = await _tables.SendAsync(operation, body);
        Assert.True(answer.Status == HttpStatusCode.OK, $"{operation} answered {answer}");
        return answer.Body!;
    }

    private async Task FailsAsync(string operation, string body, string error, string message)
    {
        var answer = await _tables.SendAsync(operation, body);
        Assert.Equal((HttpStatusCode.BadRequest, error, message), (answer.Status, answer.Error!, (answer.Body?["message"] ?? answer.Body?["Message"])?.GetValue<string>()));
    }
}
