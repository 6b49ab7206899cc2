using Microsoft.Extensions.Logging.Abstractions;
using Petrel.Aws.DynamoDb;
using Petrel.Aws.DynamoDbStreams;
using Petrel.Server.Services.DynamoDb.Api.Streams;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Server.Services.DynamoDb.Store;
using Petrel.Server.Services.DynamoDb.Store.Items;
using Petrel.Server.Services.DynamoDb.Store.Streams;
using Petrel.Storage;
using Petrel.Storage.Memory;
using Petrel.Testing;
using Petrel.Wire;
using Record = Petrel.Aws.DynamoDbStreams.Record;
using StreamReader = Petrel.Server.Services.DynamoDb.Store.Streams.StreamReader;

namespace Petrel.Tests.DynamoDb.Streams;

/// <summary>Tables with streams over the memory store; items are written where every item is written.</summary>
internal sealed class StreamWorld
{
    public const string Account = "111111111111";
    public const string Region = "eu-west-1";

    private readonly ItemWriter _writer;
    private ulong _ids = 100;

    public StreamWorld(MemoryStore? store = null)
    {
        Store = store ?? new MemoryStore();
        Log = new EventLog(Store, Clock);
        _writer = new ItemWriter([new StreamLog(Log)]);
        Reader = new StreamReader(Store, Log);
        Api = new StreamsService(Reader, Clock);
        Sweeper = new StreamSweeper(Store, Log, Clock, NullLogger<StreamSweeper>.Instance);
    }

    public MemoryStore Store { get; }

    public ManualClock Clock { get; } = new();

    public EventLog Log { get; }

    public StreamReader Reader { get; }

    public StreamsService Api { get; }

    public StreamSweeper Sweeper { get; }

    public static CallContext Call(string account = Account) => new()
    {
        Account = account,
        Region = Region,
        Caller = Principal.Root(account),
        RequestId = "r",
        Endpoint = new Uri("http://localhost:4566"),
    };

    /// <summary>A table with the key <c>id</c> and a stream.</summary>
    public async Task<TableState> CreateAsync(string name = "orders", string view = "NEW_AND_OLD_IMAGES", int shards = 1, bool sorted = false)
    {
        var table = new TableState
        {
            Account = Account,
            Region = Region,
            Name = name,
            Id = _ids++,
            TableId = new SystemIdSource().NextGuid(),
            Status = ResourceStatus.Active,
            CreatedAt = Clock.GetUtcNow().ToUnixTimeMilliseconds(),
            Keys = new KeySchema(new KeyAttribute("id", AttributeType.String), sorted ? new KeyAttribute("at", AttributeType.Number) : null),
        };
        return await Store.WriteAsync(tx => new ValueTask<TableState>(
            TableStore.Put(tx, table with { Stream = StreamStore.Open(tx, table, _ids++, shards, view, Clock.GetUtcNow()) })));
    }

    public static string ArnOf(TableState table) => $"{table.Arn}/stream/{table.Stream!.Label}";

    /// <summary>Puts an item, or deletes it when there is no new one.</summary>
    public Task WriteAsync(TableState table, AttributeMap? old, AttributeMap? item, ItemWriterIdentity? writer = null) => Store.WriteAsync(tx =>
    {
        var key = ItemKeys.OfItem(table, (item ?? old)!);
        _writer.Write(tx, new ItemChange(table, key, Encode(old), Encode(item), writer));
        return new ValueTask<bool>(true);
    }).AsTask();

    public Task CloseAsync(TableState table) => Store.WriteAsync(async tx =>
    {
        await StreamStore.CloseAsync(tx, Log, table, Clock.GetUtcNow());
        return true;
    }).AsTask();

    public static AttributeMap Item(string id, params ReadOnlySpan<(string Name, AttributeValue Value)> more) =>
        AttributeMap.Of([("id", AttributeValue.Of(id)), .. more]);

    public async Task<string> ShardAsync(TableState table, int shard = 0) =>
        (await Api.DescribeStream(new DescribeStreamRequest(ArnOf(table)), Call())).StreamDescription.Shards[shard].ShardId;

    public async Task<string> IteratorAsync(TableState table, string type = "TRIM_HORIZON", string? sequence = null, int shard = 0) =>
        (await Api.GetShardIterator(new GetShardIteratorRequest(ArnOf(table), await ShardAsync(table, shard), type, sequence), Call())).ShardIterator;

    public async Task<List<Record>> ReadAsync(TableState table, string type = "TRIM_HORIZON", string? sequence = null) =>
        (await Api.GetRecords(new GetRecordsRequest(await IteratorAsync(table, type, sequence)), Call())).Records;

    private static EncodedItem? Encode(AttributeMap? item) => item is null ? null : ItemCodec.Decode(ItemCodec.Encode(item));
}
