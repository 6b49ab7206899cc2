using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Petrel.Aws.DynamoDb;
using Petrel.Aws.Lambda;
using Petrel.Functions;
using Petrel.Server;
using Petrel.Server.Settings;
using Petrel.Testing;
using Petrel.Wire;

namespace Petrel.Tests.Cli;

/// <summary>The commands that show mappings and send again what they gave up, against a daemon whose function is scripted.</summary>
public sealed class MappingCommandTests : IAsyncLifetime
{
    private readonly CliRun _run = new();
    private readonly ScriptedEngine _engine = new();
    private PetrelServer? _server;
    private bool _fails = true;

    public async ValueTask InitializeAsync()
    {
        _server = await PetrelServer.StartAsync(
            new PetrelOptions { Edge = new EdgeOptions { Port = 0 }, Storage = new StorageOptions { Data = Path.Combine(_run.Folder, "data"), Engine = "memory" } },
            services => services.AddSingleton<IFunctionEngine>(_engine));
        _run.Environment["PETREL_ENDPOINT"] = _server.Endpoint.ToString();
        _run.Write("hello/app.py", "def handler(event, context):\n    return event\n");
        Assert.Equal(0, await _run.CallAsync("deploy", "hello", "--handler", "app.handler", "--runtime", "python3.12"));
        _engine.Script("hello", _ => _fails ? FunctionAnswer.Error("it broke", "ValueError") : FunctionAnswer.Of("null"));
    }

    public async ValueTask DisposeAsync()
    {
        await _server!.DisposeAsync();
        _run.Dispose();
    }

    [Fact]
    public async Task Mapping_ThatGaveSomethingUp_IsShownAndRedriven()
    {
        var uuid = await MapAsync();
        await GivenUpAsync();
        Assert.Equal(0, await _run.CallAsync("mapping", "ls"));
        Assert.StartsWith($"{uuid}  hello     table/orders/stream/", _run.Out.Split('\n')[1], StringComparison.Ordinal);
        Assert.EndsWith("enabled  PROBLEM: Function call failed         1", _run.Out.Split('\n')[1], StringComparison.Ordinal);
        Assert.Equal(0, await _run.CallAsync("mapping", "failures", uuid[..8]));
        Assert.EndsWith("RetryAttemptsExhausted  1        0         ValueError: it broke", _run.Out.Split('\n')[1], StringComparison.Ordinal);
        Assert.Equal(1, await _run.CallAsync("mapping", "redrive", "hello"));
        Assert.Contains("failed again: ValueError: it broke", _run.Error, StringComparison.Ordinal);
        _fails = false;
        Assert.Equal(0, await _run.CallAsync("mapping", "redrive", "hello"));
        Assert.Equal(0, await _run.CallAsync("mapping", "failures", "hello", "--json"));
        Assert.Empty(JsonNode.Parse(_run.Out)!.AsArray());
        Assert.Equal(0, await _run.CallAsync("mapping", "show", "hello", "--json"));
        Assert.Equal(uuid, JsonNode.Parse(_run.Out)!["UUID"]!.GetValue<string>());
    }

    [Fact]
    public async Task Mapping_ThatIsNotThere_IsAnErrorThatSaysWhatToDo()
    {
        Assert.Equal(0, await _run.CallAsync("mapping", "ls"));
        Assert.Contains("There are no event source mappings.", _run.Error, StringComparison.Ordinal);
        Assert.Equal(1, await _run.CallAsync("mapping", "show", "hello"));
        Assert.Contains("there is no mapping hello", _run.Error, StringComparison.Ordinal);
    }

    private static CallContext Call() => new()
    {
        Account = "000000000000",
        Region = "us-east-1",
        Caller = Principal.Root("000000000000"),
        RequestId = "r",
        Endpoint = new Uri("http://localhost:4566"),
    };

    private async Task<string> MapAsync()
    {
        var tables = _server!.Services.GetRequiredService<IDynamoDb>();
        var made = await tables.CreateTable(
            new CreateTableRequest(
                [new AttributeDefinition("id", "S")],
                [new KeySchemaElement("id", "HASH")],
                "orders",
                BillingMode: "PAY_PER_REQUEST",
                StreamSpecification: new StreamSpecification(true, "NEW_IMAGE")),
            Call());
        var mapping = await _server.Services.GetRequiredService<ILambda>().CreateEventSourceMapping(
            new CreateEventSourceMappingRequest(
                "hello", made.TableDescription.LatestStreamArn, StartingPosition: "TRIM_HORIZON", MaximumRetryAttempts: 0),
            Call());
        await tables.PutItem(new PutItemRequest("orders", AttributeMap.Of(("id", AttributeValue.Of("a")))), Call());
        return mapping.UUID;
    }

    private async Task GivenUpAsync()
    {
        var count = 0;
        for (var look = 0; count == 0; look++)
        {
            Assert.True(look < 2_000, "Nothing was given up.");
            Assert.Equal(0, await _run.CallAsync("mapping", "failures", "hello", "--json"));
            count = JsonNode.Parse(_run.Out)!.AsArray().Count;
        }
    }
}
