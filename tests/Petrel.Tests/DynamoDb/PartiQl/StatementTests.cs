using System.Text.Json;
using System.Text.Json.Nodes;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Tests.DynamoDb.Items;

namespace Petrel.Tests.DynamoDb.PartiQl;

/// <summary>Statements on tables. In texts of statements a grave accent stands for the apostrophe.</summary>
public sealed class StatementTests : IAsyncLifetime
{
    private readonly ItemsHost _host = new();

    public async ValueTask InitializeAsync()
    {
        await _host.CreateAsync("one", Schemas.Plain);
        await _host.CreateAsync(
            "two",
            Schemas.WithNumber,
            Schemas.Global("by-g", new KeySchema(Schemas.Text("g")), ProjectionKind.KeysOnly),
            Schemas.Local("by-l", Schemas.Text("l")));
        for (var i = 1; i <= 3; i++)
        {
            await RunAsync($"INSERT INTO two VALUE {{`p`: `a`, `s`: {i}, `g`: `g{i % 2}`, `v`: {i * 10}, `m`: {{`x`: [{i}]}}}}");
        }
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("SELECT s FROM two WHERE p = `a`", "[{'s':{'N':'1'}},{'s':{'N':'2'}},{'s':{'N':'3'}}]")]
    [InlineData("SELECT s FROM two WHERE p = `a` ORDER BY s DESC", "[{'s':{'N':'3'}},{'s':{'N':'2'}},{'s':{'N':'1'}}]")]
    [InlineData("SELECT s FROM two WHERE p = `a` AND s >= 2 AND v < 30", "[{'s':{'N':'2'}}]")]
    [InlineData("SELECT s FROM two WHERE s BETWEEN 2 AND 3 AND p = `a` AND NOT v IN [20]", "[{'s':{'N':'3'}}]")]
    [InlineData("SELECT m.x[0], v FROM two WHERE p = `a` AND s = 1", "[{'x[0]':{'N':'1'},'v':{'N':'10'}}]")]
    [InlineData("SELECT m.x FROM two WHERE p = `a` AND s = 1", "[{'x':{'L':[{'N':'1'}]}}]")]
    [InlineData("SELECT s FROM two.\"by-g\" WHERE g = `g0`", "[{'s':{'N':'2'}}]")]
    [InlineData("SELECT s FROM two WHERE v = 20", "[{'s':{'N':'2'}}]")]
    [InlineData("SELECT s FROM two WHERE p = `a` AND nope IS NOT MISSING", "[]")]
    [InlineData("SELECT s FROM two WHERE p = `a` AND s = 1 AND nope IS MISSING AND contains(m.x, 1)", "[{'s':{'N':'1'}}]")]
    [InlineData("SELECT s FROM two WHERE p = `a` AND (s = 1 OR v = 30)", "[{'s':{'N':'1'}},{'s':{'N':'3'}}]")]
    [InlineData("SELECT nope FROM two WHERE p = `a` AND s = 1", "[{}]")]
    public async Task Select_Where_FindsItems(string statement, string items) => Assert.Equal(items, await RunAsync(statement));

    [Fact]
    public async Task Select_WithLimit_GoesOnWithItsToken()
    {
        var found = new List<string>();
        string? token = null;
        do
        {
            var answer = await AskAsync("SELECT s FROM two WHERE p = `a` ORDER BY s DESC", $",\"Limit\":2{(token is null ? "" : $",\"NextToken\":\"{token}\"")}");
            found.AddRange(answer["Items"]!.AsArray().Select(item => (string)item!["s"]!["N"]!));
            token = (string?)answer["NextToken"];
        }
        while (token is not null);
        Assert.Equal(["3", "2", "1"], found);
    }

    [Fact]
    public async Task Select_WithTheTokenOfAnotherStatement_IsRefused()
    {
        var token = (string?)(await AskAsync("SELECT s FROM two WHERE p = `a`", ",\"Limit\":1"))["NextToken"];
        Assert.Contains(
            "NextToken does not match request", (await AskAsync("SELECT v FROM two WHERE p = `a`", $",\"NextToken\":\"{token}\"")).ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SELECT * FROM none WHERE p = `a`", "ResourceNotFoundException: Requested resource not found")]
    [InlineData("SELECT * FROM two.nope WHERE p = `a`", "ValidationException: The table does not have the specified index")]
    [InlineData("SELECT v FROM two.\"by-g\" WHERE g = `g0`", "ValidationException: One or more parameter values were invalid: Global secondary index by-g does not project [v]")]
    [InlineData("SELECT p FROM two.\"by-g\" WHERE g = `g0` AND v = 1", "ValidationException: One or more parameter values were invalid: Secondary index by-g does not project one or more filter attributes: [v]")]
    [InlineData("SELECT * FROM none WHERE p = `a` AND v < true", "ValidationException: Incorrect operand type for operator or function; operator or function: <, operand type: BOOL")]
    [InlineData("SELECT * FROM two WHERE p = `a` AND attribute_exists(`x`)", "ValidationException: Operator or function requires a document path; operator or function: attribute_exists")]
    [InlineData("SELECT * FROM two ORDER BY s", "ValidationException: Must have WHERE clause in the statement when using ORDER BY clause.")]
    [InlineData("SELECT * FROM two WHERE v = 1 ORDER BY s", "ValidationException: Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause.")]
    [InlineData("SELECT * FROM two WHERE p = `a` ORDER BY v", "ValidationException: Variable reference v in ORDER BY clause must be part of the primary key")]
    [InlineData("UPDATE two SET v = 1 WHERE p = `a`", "ValidationException: Where clause does not contain a mandatory equality on all key attributes")]
    [InlineData("UPDATE one SET v = 1", "ValidationException: Where clause does not contain a mandatory equality on all key attributes")]
    [InlineData("UPDATE two SET s = 9 WHERE p = `a` AND s = 1", "ValidationException: One or more parameter values were invalid: Cannot update attribute s. This attribute is part of the key")]
    [InlineData("UPDATE one SET v = 1 WHERE p = `none`", "ConditionalCheckFailedException: The conditional request failed")]
    [InlineData("UPDATE two SET v = 1 WHERE p = `a` AND s = 1 AND v = 11", "ConditionalCheckFailedException: The conditional request failed")]
    [InlineData("DELETE FROM two WHERE p = `a` AND s = 1 AND v = 11", "ConditionalCheckFailedException: The conditional request failed")]
    [InlineData("INSERT INTO two VALUE {`p`: `a`, `s`: 1}", "DuplicateItemException: Duplicate primary key exists in table")]
    [InlineData("INSERT INTO two VALUE {`p`: `a`}", "ValidationException: One or more parameter values were invalid: Missing the key s in the item")]
    [InlineData("UPDATE two SET v = v + `x` WHERE p = `a` AND s = 1", "ValidationException: Incorrect operand type for operator or function; operator or function: +, operand type: S")]
    public async Task Statement_ThatCannotRun_IsRefusedAndChangesNothing(string statement, string error)
    {
        Assert.Equal(error, await _host.ErrorAsync("ExecuteStatement", Request(statement)));
        Assert.Equal("[{'s':{'N':'1'},'v':{'N':'10'}}]", await RunAsync("SELECT s, v FROM two WHERE p = `a` AND s = 1"));
    }

    [Fact]
    public async Task Update_WithReturning_AnswersWhatItAsksFor()
    {
        Assert.Equal("[{'v':{'N':'11'}}]", await RunAsync("UPDATE two SET v = v + 1 WHERE p = `a` AND s = 1 RETURNING MODIFIED NEW *"));
        Assert.Equal("[{'v':{'N':'11'}}]", await RunAsync("UPDATE two SET v = 0 WHERE p = `a` AND s = 1 AND v = 11 RETURNING MODIFIED OLD *"));
        Assert.Equal("[]", await RunAsync("UPDATE two REMOVE v, g, m WHERE p = `a` AND s = 1 RETURNING MODIFIED NEW *"));
        Assert.Equal("[{'p':{'S':'a'},'s':{'N':'1'},'t':{'SS':['x','y']}}]", await RunAsync("UPDATE two SET t = set_add(t, <<`x`, `y`>>) WHERE p = `a` AND s = 1 RETURNING ALL NEW *"));
        Assert.Equal("[]", await RunAsync("FROM two WHERE p = `a` AND s = 1 SET t = set_delete(t, <<`x`>>) SET z = [1]"));
        Assert.Equal("[{'p':{'S':'a'},'s':{'N':'1'},'t':{'SS':['y']},'z':{'L':[{'N':'1'}]}}]", await RunAsync("DELETE FROM two WHERE p = `a` AND s = 1 RETURNING ALL OLD *"));
        Assert.Equal("[]", await RunAsync("DELETE FROM two WHERE p = `a` AND s = 1 AND v = 99"));
    }

    [Fact]
    public async Task Statement_IsAuthorizedByItsKind()
    {
        _host.Authorizer.Refused = "dynamodb:PartiQLInsert";
        Assert.StartsWith("AccessDeniedException", await _host.ErrorAsync("ExecuteStatement", Request("INSERT INTO one VALUE {`p`: `x`}")), StringComparison.Ordinal);
        Assert.Equal("[]", await RunAsync("SELECT * FROM one WHERE p = `x`"));
    }

    [Fact]
    public async Task Batch_OfStatements_SaysErrorsInTheirPlaces()
    {
        Assert.Equal(
            "{'Responses':[{'TableName':'two','Item':{'v':{'N':'10'}}},{'TableName':'two'},"
            + "{'Error':{'Code':'ResourceNotFound','Message':'Requested resource not found'},'TableName':'none'},"
            + "{'Error':{'Code':'ValidationError','Message':'Statement wasn`t well formed, can`t be processed: Expected data manipulation'}},"
            + "{'Error':{'Code':'ValidationError','Message':'Select statements within BatchExecuteStatement must specify the primary key in the where clause.'},'TableName':'two'}],"
            + "'ConsumedCapacity':[{'TableName':'two','CapacityUnits':1.5}]}",
            await BatchAsync(
                "SELECT v FROM two WHERE p = `a` AND s = 1\",\"ConsistentRead\":true,\"ReturnValuesOnConditionCheckFailure\":\"NONE",
                "SELECT v FROM two WHERE p = `a` AND s = 99",
                "SELECT * FROM none WHERE p = `a`",
                "SLECT",
                "SELECT * FROM two WHERE p = `a`"));
        Assert.Equal(
            "{'Responses':[{'TableName':'one'},{'Error':{'Code':'DuplicateItem','Message':'Duplicate primary key exists in table'},'TableName':'one'},"
            + "{'TableName':'one','Item':{'v':{'N':'1'}}}],'ConsumedCapacity':[{'TableName':'one','CapacityUnits':2}]}",
            await BatchAsync("INSERT INTO one VALUE {`p`: `n`}", "INSERT INTO one VALUE {`p`: `n`}", "UPDATE one SET v = 1 WHERE p = `n` RETURNING MODIFIED NEW *"));
    }

    [Fact]
    public async Task Transaction_OfStatements_IsAllOrNothing()
    {
        Assert.Equal(
            "{'Responses':[]}",
            await TransactAsync(
                "",
                "INSERT INTO one VALUE {`p`: `t1`, `n`: 0}",
                "UPDATE two SET v = 0 WHERE p = `a` AND s = 1",
                "EXISTS(SELECT * FROM two WHERE p = `a` AND s = 2 AND v = 20)"));
        Assert.Equal(
            "{'Responses':[{'Item':{'n':{'N':'0'}}},{}]}",
            await TransactAsync("", "SELECT n FROM one WHERE p = `t1`", "SELECT n FROM one WHERE p = `t2`"));
        var canceled = await _host.AskAsync("ExecuteTransaction", Transaction("", "INSERT INTO one VALUE {`p`: `t2`}", "INSERT INTO one VALUE {`p`: `t1`}"));
        Assert.EndsWith("TransactionCanceledException", (string)canceled["__type"]!, StringComparison.Ordinal);
        Assert.Equal("DuplicateItem", (string?)canceled["CancellationReasons"]![1]!["Code"]);
        Assert.Equal("[]", await RunAsync("SELECT * FROM one WHERE p = `t2`"));
    }

    [Fact]
    public async Task Transaction_WithAToken_IsDoneOnce()
    {
        await RunAsync("INSERT INTO one VALUE {`p`: `c`, `n`: 0}");
        for (var i = 0; i < 2; i++)
        {
            await TransactAsync(",\"ClientRequestToken\":\"token\"", "UPDATE one SET n = n + 1 WHERE p = `c`");
        }

        Assert.Equal("[{'n':{'N':'1'}}]", await RunAsync("SELECT n FROM one WHERE p = `c`"));
        Assert.StartsWith(
            "IdempotentParameterMismatchException",
            await _host.ErrorAsync("ExecuteTransaction", Transaction(",\"ClientRequestToken\":\"token\"", "UPDATE one SET n = n + 2 WHERE p = `c`")),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("UPDATE one SET v = 1 WHERE p = `x` RETURNING ALL NEW *", "Validation failed in TransactStatements[0]: RETURNING clause is not supported in ExecuteTransaction.")]
    [InlineData("SELECT * FROM two.\"by-g\" WHERE g = `x`", "Validation failed in TransactStatements[0]: Reads on indices are not supported within transactions.")]
    [InlineData("SELECT * FROM two WHERE", "Validation failed in TransactStatements[0]: Statement wasn't well formed, can't be processed: Unexpected term")]
    [InlineData("SELECT * FROM two WHERE p = `a`", "Validation failed in TransactStatements[0]: Select statements within ExecuteTransaction must specify the primary key in the where clause.")]
    [InlineData("EXISTS(SELECT * FROM one WHERE p = `a`)", "Validation failed in TransactStatements[0]: EXISTS() must contain a single item read with additional condition")]
    public async Task Transaction_OfAWrongStatement_NamesIt(string statement, string problem) =>
        Assert.Equal($"ValidationException: {problem}", await _host.ErrorAsync("ExecuteTransaction", Transaction("", statement)));

    private async Task<string> RunAsync(string statement) => Plain((await AskAsync(statement, ""))["Items"] ?? throw new InvalidOperationException(statement));

    private async Task<JsonNode> AskAsync(string statement, string more) => await _host.AskAsync("ExecuteStatement", Request(statement, more));

    private async Task<string> BatchAsync(params string[] statements)
    {
        var all = string.Join(',', statements.Select(s => Request(s)));
        return Plain(await _host.AskAsync("BatchExecuteStatement", $$"""{"Statements":[{{all}}],"ReturnConsumedCapacity":"TOTAL"}""")).Replace("n't", "n`t");
    }

    private async Task<string> TransactAsync(string more, params string[] statements) => Plain(await _host.AskAsync("ExecuteTransaction", Transaction(more, statements)));

    private static string Transaction(string more, params string[] statements) =>
        $$"""{"TransactStatements":[{{string.Join(',', statements.Select(s => Request(s)))}}]{{more}}}""";

    private static string Request(string statement, string more = "")
    {
        var parts = statement.Split("\",", 2);
        var text = JsonSerializer.Serialize(parts[0].Replace('`', '\''));
        return $$"""{"Statement":{{text}}{{(parts.Length > 1 ? $",{parts[1]}\"" : "")}}{{more}}}""";
    }

    private static string Plain(JsonNode answer) => answer.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }).Replace('"', '\'');
}
