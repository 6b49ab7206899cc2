using System.Text.Json;
using Petrel.Conformance.Lambda;

namespace Petrel.Conformance.DynamoDb;

/// <summary>Tables by the AWS CLI.</summary>
public sealed class TableCliTests(Daemon daemon)
{
    private readonly Cli _aws = daemon.NewCli();

    [Fact]
    public async Task Table_FromCreationToDeletion_BehavesAsDocumented()
    {
        var created = await CallAsync(
            "create-table", "--table-name", "books", "--billing-mode", "PAY_PER_REQUEST",
            "--attribute-definitions", "AttributeName=author,AttributeType=S", "AttributeName=title,AttributeType=S",
            "--key-schema", "AttributeName=author,KeyType=HASH", "AttributeName=title,KeyType=RANGE",
            "--stream-specification", "StreamEnabled=true,StreamViewType=KEYS_ONLY");
        Assert.Equal($"arn:aws:dynamodb:us-east-1:{_aws.Account}:table/books", created.GetProperty("TableDescription").Text("TableArn"));
        await CallAsync("wait", "table-exists", "--table-name", "books");
        foreach (var (title, year) in new[] { ("Emma", 1815), ("Persuasion", 1817), ("Sanditon", 1925) })
        {
            await CallAsync("put-item", "--table-name", "books", "--item", Item(title, year));
        }

        var found = await CallAsync(
            "query", "--table-name", "books", "--key-condition-expression", "author = :a AND begins_with(title, :t)",
            "--expression-attribute-values", """{":a":{"S":"Austen"},":t":{"S":"P"}}""");
        Assert.Equal("1817", Assert.Single(found.GetProperty("Items").EnumerateArray()).GetProperty("year").Text("N"));
        var updated = await CallAsync(
            "update-item", "--table-name", "books", "--key", Key("Emma"), "--update-expression", "SET #y = #y + :one",
            "--expression-attribute-names", """{"#y":"year"}""", "--expression-attribute-values", """{":one":{"N":"1"}}""", "--return-values", "UPDATED_NEW");
        Assert.Equal("1816", updated.GetProperty("Attributes").GetProperty("year").Text("N"));
        var scanned = await CallAsync("scan", "--table-name", "books", "--page-size", "1", "--query", "Items[].title.S");
        Assert.Equal(["Emma", "Persuasion", "Sanditon"], scanned.EnumerateArray().Select(t => t.GetString()));
        await CallAsync("delete-item", "--table-name", "books", "--key", Key("Sanditon"));
        var rows = await CallAsync("execute-statement", "--statement", "SELECT title FROM books WHERE author = 'Austen'");
        Assert.Equal(2, rows.GetProperty("Items").GetArrayLength());
        var streams = await _aws.CallAsync("dynamodbstreams", "list-streams", "--table-name", "books");
        Assert.Equal(created.GetProperty("TableDescription").Text("LatestStreamArn"), streams.GetProperty("Streams")[0].Text("StreamArn"));
        await CallAsync("delete-table", "--table-name", "books");
        await CallAsync("wait", "table-not-exists", "--table-name", "books");
        var (code, _, error) = await _aws.RunAsync("dynamodb", "describe-table", "--table-name", "books");
        Assert.NotEqual(0, code);
        Assert.Contains("(ResourceNotFoundException) when calling the DescribeTable operation: Requested resource not found: Table: books not found", error, StringComparison.Ordinal);
    }

    private static string Item(string title, int year) => $$"""{"author":{"S":"Austen"},"title":{"S":"{{title}}"},"year":{"N":"{{year}}"} }""";

    private static string Key(string title) => $$"""{"author":{"S":"Austen"},"title":{"S":"{{title}}"} }""";

    private Task<JsonElement> CallAsync(params string[] arguments) => _aws.CallAsync(["dynamodb", .. arguments]);
}
