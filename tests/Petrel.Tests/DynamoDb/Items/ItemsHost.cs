using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Petrel.Aws.DynamoDb;
using Petrel.Server.Edge;
using Petrel.Server.Services.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Server.Services.DynamoDb.Store;
using Petrel.Server.Services.DynamoDb.Store.Items;
using Petrel.Server.Settings;
using Petrel.Storage;
using Petrel.Storage.Memory;
using Petrel.Testing;
using Petrel.Wire;
using Petrel.Wire.Operations;
using Petrel.Wire.Protocols;

namespace Petrel.Tests.DynamoDb.Items;

/// <summary>Tables in process: requests and answers are JSON as clients send and get it, without HTTP.</summary>
internal sealed class ItemsHost : IAsyncDisposable
{
    private static readonly ServiceTable Service = new(typeof(IDynamoDb));

    private readonly ServiceProvider _services;
    private readonly IDynamoDb _implementation;

    public ItemsHost(IStore? store = null)
    {
        Store = store ?? new MemoryStore();
        _services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(new PetrelOptions { Storage = new StorageOptions { Engine = "memory", Data = Path.GetTempPath() } })
            .AddSingleton<TimeProvider>(Clock)
            .AddSingleton<IIdSource, SystemIdSource>()
            .AddSingleton(Store)
            .AddSingleton(new EventLog(Store, Clock))
            .AddSingleton<IAuthorizer>(Authorizer)
            .AddDynamoDb()
            .BuildServiceProvider();
        _implementation = Get<IDynamoDb>();
    }

    public IStore Store { get; }

    public ManualClock Clock { get; } = new(new DateTimeOffset(2026, 1, 31, 10, 20, 30, TimeSpan.Zero));

    public RecordingChecks Authorizer { get; } = new();

    public CallContext Call { get; } = new()
    {
        Account = "111122223333",
        Region = "eu-west-1",
        Caller = Principal.Root("111122223333"),
        RequestId = "request",
        Endpoint = new Uri("http://localhost:4566"),
    };

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    /// <summary>A table that is ready.</summary>
    public async Task<TableState> CreateAsync(string name, KeySchema keys, params IndexState[] indexes) =>
        await CreateAsync(name, keys, null, indexes);

    public async Task<TableState> CreateAsync(string name, KeySchema keys, ThroughputState? throughput, params IndexState[] indexes)
    {
        var ids = Get<IIdSource>();
        var table = new TableState
        {
            Account = Call.Account,
            Region = Call.Region,
            Name = name,
            Id = ids.NextId(),
            TableId = ids.NextGuid(),
            Status = ResourceStatus.Active,
            CreatedAt = Clock.GetUtcNow().ToUnixTimeMilliseconds(),
            Keys = keys,
            Indexes = [.. indexes],
            Throughput = throughput,
        };
        return await Store.WriteAsync(tx => ValueTask.FromResult(TableStore.Put(tx, table)));
    }

    /// <summary>The answer's body; an error's has <c>__type</c>.</summary>
    public async Task<JsonNode> AskAsync(string operation, string request)
    {
        var found = Service.Find(operation)!;
        var codec = ProtocolCodec.For(Protocol.Json10);
        using var answer = new WireResponse(new HeaderDictionary(), "request");
        try
        {
            var wire = new WireRequest { Headers = new HeaderDictionary(), Body = Encoding.UTF8.GetBytes(request) };
            codec.WriteResult(found, await found.CallAsync(_implementation, codec.ReadRequest(found, wire), Call), answer);
        }
        catch (ServiceException error)
        {
            codec.WriteError(Service, error, answer);
        }

        return JsonNode.Parse(answer.Written.Span)!;
    }

    /// <summary>The answer, which is no error, with apostrophes for quotation marks.</summary>
    public async Task<string> AnswerAsync(string operation, string request)
    {
        var answer = await AskAsync(operation, Quoted(request));
        Assert.True(answer["__type"] is null, answer.ToJsonString());
        return answer.ToJsonString(Plain).Replace('"', '\'');
    }

    /// <summary>The error's code and message.</summary>
    public async Task<string> ErrorAsync(string operation, string request)
    {
        var answer = await AskAsync(operation, Quoted(request));
        Assert.True(answer["__type"] is not null, answer.ToJsonString());
        var code = ((string)answer["__type"]!).Split('#')[^1];
        return $"{code}: {(string?)(answer["message"] ?? answer["Message"])}";
    }

    public Task<IReadOnlyList<string>> CheckAsync(TableState table) => IndexCheck.FindProblemsAsync(Store, table);

    public async ValueTask DisposeAsync() => await _services.DisposeAsync();

    private static readonly System.Text.Json.JsonSerializerOptions Plain = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static string Quoted(string request) => request.Replace('\'', '"');
}

/// <summary>Allows everything that it is not told to refuse, and remembers what was asked.</summary>
internal sealed class RecordingChecks : IAuthorizer
{
    public List<AccessCheck> Asked { get; } = [];

    public string? Refused { get; set; }

    public ValueTask AuthorizeAsync(AccessCheck check, CallContext call)
    {
        lock (Asked)
        {
            Asked.Add(check);
        }

        return check.Action == Refused ? throw CommonException.AccessDenied("no") : ValueTask.CompletedTask;
    }
}

/// <summary>Keys and indexes of tests.</summary>
internal static class Schemas
{
    private static ulong _next = 1_000;

    public static readonly KeySchema Plain = new(new KeyAttribute("p", AttributeType.String));

    public static readonly KeySchema WithText = new(new KeyAttribute("p", AttributeType.String), new KeyAttribute("s", AttributeType.String));

    public static readonly KeySchema WithNumber = new(new KeyAttribute("p", AttributeType.String), new KeyAttribute("s", AttributeType.Number));

    public static IndexState Global(string name, KeySchema keys, ProjectionKind projection = ProjectionKind.All, params string[] included) =>
        new(name, Interlocked.Increment(ref _next), true, keys, projection, included, ResourceStatus.Active);

    public static IndexState Local(string name, KeyAttribute sort, ProjectionKind projection = ProjectionKind.All, params string[] included) =>
        new(name, Interlocked.Increment(ref _next), false, new KeySchema(Plain.Partition, sort), projection, included, ResourceStatus.Active);

    public static KeyAttribute Text(string name) => new(name, AttributeType.String);

    public static KeyAttribute Number(string name) => new(name, AttributeType.Number);
}
