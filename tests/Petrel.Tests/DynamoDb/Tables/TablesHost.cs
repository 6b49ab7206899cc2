using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Petrel.Aws.DynamoDb;
using Petrel.Server.Edge;
using Petrel.Server.Services.DynamoDb;
using Petrel.Server.Services.DynamoDb.Jobs;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Server.Services.DynamoDb.Store;
using Petrel.Server.Services.Iam.Api;
using Petrel.Server.Settings;
using Petrel.Storage;
using Petrel.Storage.Faults;
using Petrel.Storage.Memory;
using Petrel.Testing;
using Petrel.Wire;
using Petrel.Wire.Operations;
using Petrel.Wire.Protocols;

namespace Petrel.Tests.DynamoDb.Tables;

/// <summary>
/// The service in process, without its background: a test runs jobs and sweeps when it wants them. Requests and answers are JSON as clients
/// send and get it, with apostrophes for quotation marks.
/// </summary>
internal sealed class TablesHost : IAsyncDisposable
{
    private static readonly ServiceTable Service = new(typeof(IDynamoDb));
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly IStore _engine;
    private ServiceProvider _services;

    public TablesHost(IStore? engine = null)
    {
        _engine = engine ?? new MemoryStore();
        Store = new FaultInjectingStore(_engine, FaultPlan.None);
        _services = Build();
    }

    /// <summary>What the service stands on; its plan says which calls fail.</summary>
    public FaultInjectingStore Store { get; }

    public ManualClock Clock { get; } = new(new DateTimeOffset(2026, 1, 31, 10, 20, 30, TimeSpan.Zero));

    public CallContext Call { get; } = new()
    {
        Account = "111122223333",
        Region = "eu-west-1",
        Caller = Principal.Root("111122223333"),
        RequestId = "request",
        Endpoint = new Uri("http://localhost:4566"),
    };

    public long NowSeconds => Clock.GetUtcNow().ToUnixTimeSeconds();

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    /// <summary>A new process over the same data, the old one having been killed.</summary>
    public void Restart() => _services = Build();

    /// <summary>Runs jobs until there are none.</summary>
    public Task RunJobsAsync() => Get<TableJobs>().RunAllAsync(TestContext.Current.CancellationToken);

    /// <summary>One step of each job that waits.</summary>
    public Task<bool> StepJobsAsync() => Get<TableJobs>().RunRoundAsync(TestContext.Current.CancellationToken);

    public async Task<TableState?> FindTableAsync(string name) =>
        await _engine.ReadAsync(tx => TableStore.FindAsync(tx, new TableKey(Call.Account, Call.Region, name)));

    public Task<JsonNode> AskAsync(string operation, string request) => AskAsync(operation, request, Call);

    /// <summary>The answer's body; an error's has <c>__type</c>.</summary>
    public async Task<JsonNode> AskAsync(string operation, string request, CallContext call)
    {
        var found = Service.Find(operation)!;
        var codec = ProtocolCodec.For(Protocol.Json10);
        using var answer = new WireResponse(new HeaderDictionary(), "request");
        try
        {
            var wire = new WireRequest { Headers = new HeaderDictionary(), Body = Encoding.UTF8.GetBytes(request.Replace('\'', '"')) };
            codec.WriteResult(found, await found.CallAsync(Get<IDynamoDb>(), codec.ReadRequest(found, wire), call), answer);
        }
        catch (ServiceException error)
        {
            codec.WriteError(Service, error, answer);
        }

        return answer.Written.Length == 0 ? new JsonObject() : JsonNode.Parse(answer.Written.Span)!;
    }

    /// <summary>The answer, which is no error.</summary>
    public async Task<JsonNode> DoAsync(string operation, string request)
    {
        var answer = await AskAsync(operation, request);
        Assert.True(answer["__type"] is null, answer.ToJsonString());
        return answer;
    }

    /// <summary>The error's code and message.</summary>
    public async Task<string> ErrorAsync(string operation, string request)
    {
        var answer = await AskAsync(operation, request);
        Assert.True(answer["__type"] is not null, answer.ToJsonString());
        var code = ((string)answer["__type"]!).Split('#')[^1];
        return $"{code}: {(string?)(answer["message"] ?? answer["Message"])}";
    }

    /// <summary>A table with the partition key <c>id</c>, paid by request; further members of the request may follow.</summary>
    public async Task CreateAsync(string name, string more = "") => await DoAsync("CreateTable", $$"""
        {'TableName':'{{name}}','BillingMode':'PAY_PER_REQUEST','AttributeDefinitions':[{'AttributeName':'id','AttributeType':'S'}],
         'KeySchema':[{'AttributeName':'id','KeyType':'HASH'}]{{more}}}
        """);

    public async Task<JsonNode> DescribeAsync(string name) => (await DoAsync("DescribeTable", $$"""{'TableName':'{{name}}'}"""))["Table"]!;

    /// <param name="more">Further attributes.</param>
    public Task PutAsync(string table, string id, string more = "") =>
        DoAsync("PutItem", $$"""{'TableName':'{{table}}','Item':{'id':{'S':'{{id}}'}{{more}} } }""");

    public Task DeleteAsync(string table, string id) => DoAsync("DeleteItem", $$"""{'TableName':'{{table}}','Key':{'id':{'S':'{{id}}'} } }""");

    /// <summary>All items of a table or index, as <c>id=value</c> of the attribute <c>v</c>, in the order of ids.</summary>
    public async Task<string> ItemsAsync(string table, string? index = null)
    {
        var found = new List<string>();
        var start = "";
        do
        {
            var page = await DoAsync("Scan", $$"""{'TableName':'{{table}}'{{(index is null ? "" : $",'IndexName':'{index}'")}}{{start}}}""");
            found.AddRange(page["Items"]!.AsArray().Select(item => $"{item!["id"]!["S"]}={item["v"]?["S"]}"));
            start = page["LastEvaluatedKey"] is { } last ? $",'ExclusiveStartKey':{Plained(last)}" : "";
        }
        while (start.Length > 0);

        found.Sort(StringComparer.Ordinal);
        return string.Join(' ', found);
    }

    public static string Plained(JsonNode node) => node.ToJsonString(Plain).Replace('"', '\'');

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private ServiceProvider Build() => new ServiceCollection()
        .AddLogging()
        .AddSingleton(new PetrelOptions { Storage = new StorageOptions { Engine = "memory", Data = Path.GetTempPath() } })
        .AddSingleton<TimeProvider>(Clock)
        .AddSingleton<IIdSource, SystemIdSource>()
        .AddSingleton<IStore>(Store)
        .AddSingleton(new EventLog(Store, Clock))
        .AddSingleton<IAuthorizer, AllowAll>()
        .AddSingleton<IPolicyCheck, PolicyCheck>()
        .AddDynamoDb()
        .BuildServiceProvider();

    private sealed class AllowAll : IAuthorizer
    {
        public ValueTask AuthorizeAsync(AccessCheck check, CallContext call) => ValueTask.CompletedTask;
    }
}
