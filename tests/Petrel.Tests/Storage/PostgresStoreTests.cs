using Petrel.Storage;
using Petrel.Storage.Postgres;

namespace Petrel.Tests.Storage;

[Collection(PostgresCollection.Name)]
public sealed class PostgresStoreTests(PostgresServer server) : StoreSuite, IAsyncLifetime
{
    private PostgresStore _store = null!;

    protected override IStore Store => _store;

    public async ValueTask InitializeAsync() => _store = await server.OpenAsync();

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task Signal_OfAnotherNode_IsHeard()
    {
        await using var other = await server.OpenAsync();
        var woken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var subscription = other.Subscribe("between nodes", () => woken.TrySetResult());
        await _store.WriteAsync(tx =>
        {
            tx.Signal("between nodes");
            return new ValueTask<int>(0);
        });
        await woken.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData("Host=/nowhere;Username=petrel", "PostgreSQL at /nowhere cannot be used")]
    [InlineData("Hots=db;Password=secret", "storage.postgres is no connection string")]
    [InlineData("postgres://petrel:secret@db/petrel", "storage.postgres is no connection string")]
    public async Task Open_ThatCannotBe_SaysWhyWithoutThePassword(string connection, string why)
    {
        var services = new StorageServices(TimeProvider.System, new SystemIdSource(), Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        var failure = await Assert.ThrowsAsync<StoreException>(() => PostgresStore.OpenAsync(connection, services));
        Assert.StartsWith(why, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FoldCounters_ManyRows_KeepsTheValues()
    {
        var counter = new Subspace("folded").Key("n");
        for (var i = 0; i < 100; i++)
        {
            await AddAsync(counter);
        }

        await Task.WhenAll(_store.FoldCountersAsync(), _store.FoldCountersAsync(), AddAsync(counter));
        Assert.Equal(101, await _store.ReadAsync(tx => tx.GetCounterAsync(counter)));
    }

    [Fact]
    public async Task Write_FunctionMeetsAnother_RunsAgain()
    {
        var key = new Subspace("conflict").Key("k");
        var runs = 0;
        await _store.WriteAsync(async tx =>
        {
            runs++;
            await tx.GetAsync(key);
            if (runs == 1)
            {
                await PutAsync(key, 1);
            }

            tx.Put(key, new byte[] { 2 });
            return 0;
        });
        Assert.Equal(2, runs);
        Assert.Equal(2, (await _store.ReadAsync(tx => tx.GetAsync(key)))!.Value.Span[0]);
    }

    [Fact]
    public async Task Open_NoServer_SaysSo() => await Assert.ThrowsAsync<StoreException>(() => PostgresStore.OpenAsync(
        "Host=/nonexistent;Username=nobody",
        new StorageServices(TimeProvider.System, new SystemIdSource(), Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance)));

    private async Task AddAsync(Key counter) => await _store.WriteAsync(tx =>
    {
        tx.Add(counter, 1);
        return new ValueTask<int>(0);
    });

    private async Task PutAsync(Key key, byte value) => await _store.WriteAsync(tx =>
    {
        tx.Put(key, new[] { value });
        return new ValueTask<int>(0);
    });
}

[Collection(PostgresCollection.Name)]
public sealed class WorkQueueOnPostgresTests(PostgresServer server) : WorkQueueSuite, IAsyncLifetime
{
    private PostgresStore _store = null!;

    protected override IStore Store => _store;

    public async ValueTask InitializeAsync() => _store = await server.OpenAsync();

    public ValueTask DisposeAsync() => _store.DisposeAsync();
}

[Collection(PostgresCollection.Name)]
public sealed class EventLogOnPostgresTests(PostgresServer server) : EventLogSuite, IAsyncLifetime
{
    private PostgresStore _store = null!;

    protected override IStore Store => _store;

    public async ValueTask InitializeAsync() => _store = await server.OpenAsync();

    public ValueTask DisposeAsync() => _store.DisposeAsync();
}
