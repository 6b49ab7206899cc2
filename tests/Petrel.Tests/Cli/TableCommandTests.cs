using System.Text.Json.Nodes;
using Petrel.Server;
using Petrel.Server.Settings;

namespace Petrel.Tests.Cli;

/// <summary><c>petrel table</c> against a daemon.</summary>
public sealed class TableCommandTests : IAsyncLifetime
{
    private readonly CliRun _run = new() { TerminalWidth = 0 };
    private PetrelServer? _server;

    public async ValueTask InitializeAsync()
    {
        _server = await PetrelServer.StartAsync(new PetrelOptions
        {
            Edge = new EdgeOptions { Port = 0 },
            Storage = new StorageOptions { Data = Path.Combine(_run.Folder, "data"), Engine = "memory" },
        });
        _run.Environment["PETREL_ENDPOINT"] = _server.Endpoint.ToString();
        await OkAsync("table", "create", "people", "--key", "id", "--sort", "at:N", "--stream", "--expiry", "ends");
    }

    public async ValueTask DisposeAsync()
    {
        await _server!.DisposeAsync();
        _run.Dispose();
    }

    [Fact]
    public async Task ListAndShow_OfATable_TellWhatItIs()
    {
        await OkAsync("table", "put", "people", """{"id":"a","at":1}""");
        await OkAsync("table", "ls");
        Assert.Equal("NAME    STATUS  KEY         INDEXES  STREAM  ITEMS  SIZE", _run.Out.Split('\n')[0]);
        Assert.Matches(@"^people +active +id S, at N +on +1 +\d+ B$", _run.Out.Split('\n')[1]);
        await OkAsync("table", "ls", "--json");
        Assert.Equal("people", JsonNode.Parse(_run.Out)![0]!["name"]!.GetValue<string>());
        await OkAsync("table", "show", "people");
        Assert.Matches(@"(?m)^  Status +active, created ", _run.Out);
        Assert.Matches(@"(?m)^  Key +id S, at N$", _run.Out);
        Assert.Matches(@"(?m)^  Stream +new and old images  arn:aws:dynamodb:", _run.Out);
        Assert.Matches(@"(?m)^  Expiry +at the time in ends$", _run.Out);
    }

    [Fact]
    public async Task Item_PutAndReadAndDeleted_KeepsItsTypes()
    {
        const string item = """{"id":"a","at":1.5,"n":12345678901234567890123456789012345678,"l":[1,null,{"x":true}],"s":"ü"}""";
        await OkAsync("table", "put", "people", item);
        await OkAsync("table", "get", "people", "a", "1.50");
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(item), JsonNode.Parse(_run.Out)), _run.Out);
        await FailsAsync("people has an item with this key already", "table", "put", "people", item, "--new");
        await OkAsync("table", "put", "people", """{"id":{"S":"b"},"at":{"N":"2"},"set":{"SS":["x"]}}""", "--typed");
        await OkAsync("table", "scan", "people", "--typed");
        Assert.Contains("""{"id":{"S":"b"},"at":{"N":"2"},"set":{"SS":["x"]}}""", _run.Out, StringComparison.Ordinal);
        await OkAsync("table", "scan", "people", "--filter", "n > :n", "--values", """{":n":5}""");
        Assert.Single(_run.Out.Trim().Split('\n').Skip(1));
        await OkAsync("table", "delete", "people", "a", "1.5");
        await FailsAsync("people has no item a 1.5", "table", "get", "people", "a", "1.5");
        await FailsAsync("people has no item a 1.5", "table", "delete", "people", "a", "1.5");
    }

    [Fact]
    public async Task Import_OfWhatWasExported_GivesTheSameItems()
    {
        _run.Write("people.csv", "id,at,name,price,zip,tags\n" + string.Concat(Enumerable.Range(0, 300).Select(i => $"u{i % 7},{i},\"Name, {i}\",{i / 4m},0{i},\"[{i}]\"\n")));
        await OkAsync("table", "import", "people", "people.csv");
        Assert.Contains("columns: id S, at N, name S, price N, zip S, tags L", _run.Error, StringComparison.Ordinal);
        Assert.Contains("300 items written", _run.Error, StringComparison.Ordinal);
        await OkAsync("table", "export", "people", "people.jsonl");
        await OkAsync("table", "create", "copy", "--key", "id", "--sort", "at:N");
        await OkAsync("table", "import", "copy", "people.jsonl");
        await OkAsync("table", "export", "copy", "copy.csv");
        await OkAsync("table", "export", "people", "again.csv");
        Assert.Equal(File.ReadAllText(Path.Combine(_run.Folder, "again.csv")), File.ReadAllText(Path.Combine(_run.Folder, "copy.csv")));
        Assert.Equal("id,at,name,price,tags,zip", File.ReadLines(Path.Combine(_run.Folder, "copy.csv")).First());
    }

    [Fact]
    public async Task Import_OfManyItemsWithOneKey_KeepsTheLast()
    {
        _run.Write("same.jsonl", string.Concat(Enumerable.Range(0, 500).Select(i => $"{{\"id\":\"k{i % 3}\",\"at\":1,\"n\":{i}}}\n")));
        await OkAsync("table", "import", "people", "same.jsonl");
        await OkAsync("table", "scan", "people", "--json");
        Assert.Equal([497, 498, 499], _run.Out.Trim().Split('\n').Select(line => JsonNode.Parse(line)!["n"]!.GetValue<int>()).Order());
    }

    [Fact]
    public async Task Import_WithBadLines_TellsThem()
    {
        _run.Write("bad.jsonl", "{\"id\":\"a\",\"at\":1}\n{\"id\":\"\",\"at\":2}\nnope\n{\"id\":\"b\",\"at\":\"x\"}\n");
        Assert.Equal(1, await _run.CallAsync("table", "import", "people", "bad.jsonl", "--skip-bad"));
        Assert.Contains("line 2: One or more parameter values", _run.Error, StringComparison.Ordinal);
        Assert.Contains("line 3: it is not JSON", _run.Error, StringComparison.Ordinal);
        Assert.Contains("line 4: the key at is a number, not \"x\"", _run.Error, StringComparison.Ordinal);
        Assert.Contains("1 items written", _run.Error, StringComparison.Ordinal);
        await FailsAsync("line 3: it is not JSON", "table", "import", "people", "bad.jsonl");
    }

    [Fact]
    public async Task Call_WhatCannotBe_IsOneLineThatSaysWhy()
    {
        await FailsAsync("there is no table nosuch", "table", "show", "nosuch");
        await FailsAsync("there is no table nosuch", "table", "scan", "nosuch");
        await FailsAsync("an item of people is named by id (a string) and at (a number)", "table", "get", "people", "a");
        await FailsAsync("at is a number, not x", "table", "get", "people", "a", "x");
        await FailsAsync("the item is not JSON", "table", "put", "people", "{");
        await FailsAsync("the item is a JSON object", "table", "put", "people", "[]");
        await FailsAsync("there is no file", "table", "import", "people", "nosuch.csv");
        await FailsAsync("a name that ends in .xls does not say what the file holds", "table", "import", "people", "a.xls");
        await FailsAsync("a key is NAME[:S|N|B], not id:Q", "table", "create", "other", "--key", "id:Q");
        await FailsAsync("Table already exists: people", "table", "create", "people", "--key", "id");
        await FailsAsync("--limit takes a number from 1", "table", "scan", "people", "--limit", "0");
    }

    [Fact]
    public async Task Completion_OfATable_NamesThoseThatAreThere()
    {
        Assert.Equal(0, await _run.CallAsync("[suggest:18]", "petrel table show "));
        Assert.Contains("people", _run.Out.Split('\n'));
    }

    [Fact]
    public async Task Remove_ATable_DeletesIt()
    {
        await OkAsync("table", "rm", "people");
        await OkAsync("table", "ls");
        Assert.Contains("There are no tables yet.", _run.Error, StringComparison.Ordinal);
    }

    private async Task OkAsync(params string[] args) => Assert.True(await _run.CallAsync(args) == 0, $"{string.Join(' ', args)}: {_run.Error}");

    private async Task FailsAsync(string problem, params string[] args)
    {
        Assert.Equal(1, await _run.CallAsync(args));
        Assert.Contains(problem, _run.Error, StringComparison.Ordinal);
    }
}
