using System.Text;
using Microsoft.AspNetCore.Http;
using Petrel.Aws.DynamoDb;
using Petrel.Storage;
using Petrel.Storage.Memory;
using Petrel.Tests.Storage;
using Petrel.Wire;
using Petrel.Wire.Operations;
using Petrel.Wire.Protocols;

namespace Petrel.Tests.DynamoDb.Items;

/// <summary>What an operation may allocate from the bytes of its request to those of its answer, in bytes; a number here may only shrink.</summary>
public sealed class AllocationTests(RocksDbFixture fixture) : IClassFixture<RocksDbFixture>
{
    private const int Rounds = 1_000;
    private const int GetItemBudget = 2_200;
    private const int PutItemBudget = 6_000;

    private static readonly string Item = "{\"p\":{\"S\":\"key\"},"
        + string.Join(',', Enumerable.Range(0, 10).Select(i => $"\"attribute{i}\":{{\"S\":\"{new string('x', 85)}\"}}")) + "}";

    private static readonly ServiceTable Service = new(typeof(IDynamoDb));

    [Fact]
    public async Task GetItem_Of1Kilobyte_KeepsToItsBudget()
    {
        await using var host = new ItemsHost(fixture.Store);
        await host.CreateAsync("budget", Schemas.Plain);
        await host.AnswerAsync("PutItem", $"{{'TableName':'budget','Item':{Item}}}");
        AssertBudget(GetItemBudget, host, "GetItem", """{"TableName":"budget","Key":{"p":{"S":"key"}}}""");
    }

    [Fact]
    public async Task PutItem_Of1Kilobyte_KeepsToItsBudget()
    {
        await using var host = new ItemsHost(new ForgetfulStore());
        await host.CreateAsync("budget", Schemas.Plain);
        ((ForgetfulStore)host.Store).Forgets = true;
        AssertBudget(PutItemBudget, host, "PutItem", $$"""{"TableName":"budget","Item":{{Item}}}""");
    }

    private static void AssertBudget(long bytes, ItemsHost host, string operation, string request)
    {
        var implementation = host.Get<IDynamoDb>();
        var found = Service.Find(operation)!;
        var codec = ProtocolCodec.For(Protocol.Json10);
        var body = Encoding.UTF8.GetBytes(request);
        var headers = new HeaderDictionary();
        void Ask()
        {
            using var answer = new WireResponse(headers, "request");
            var call = found.CallAsync(implementation, codec.ReadRequest(found, new WireRequest { Headers = headers, Body = body }), host.Call);
            Assert.True(call.IsCompleted, "The operation did not complete on the caller's thread.");
            codec.WriteResult(found, call.Result, answer);
        }

        for (var i = 0; i < 200; i++)
        {
            Ask();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Rounds; i++)
        {
            Ask();
        }

        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / Rounds;
        Assert.True(each <= bytes, $"{each} bytes were allocated, {bytes} are the budget.");
    }

    /// <summary>Runs write functions on their callers' threads and drops what they write, so that only their own work is counted.</summary>
    private sealed class ForgetfulStore : IStore
    {
        private readonly MemoryStore _store = new();
        private readonly WriteBuffer _buffer = new();

        public bool Forgets { get; set; }

        public ValueTask<T> ReadAsync<T>(Func<IReadTransaction, ValueTask<T>> read, CancellationToken cancellationToken = default) =>
            _store.ReadAsync(read, cancellationToken);

        public async ValueTask<T> WriteAsync<T>(Func<IWriteTransaction, ValueTask<T>> write, CancellationToken cancellationToken = default)
        {
            if (!Forgets)
            {
                return await _store.WriteAsync(write, cancellationToken);
            }

            _buffer.Clear();
            return await _store.ReadAsync(tx => write(new BufferedTransaction(tx, _buffer)), cancellationToken);
        }

        public IDisposable Subscribe(string topic, Action wake) => _store.Subscribe(topic, wake);

        public ValueTask DisposeAsync() => _store.DisposeAsync();
    }
}
