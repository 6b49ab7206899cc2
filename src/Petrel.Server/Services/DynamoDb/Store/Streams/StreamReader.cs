using Petrel.Server.Services.DynamoDb.Model.Streams;
using Petrel.Storage;

namespace Petrel.Server.Services.DynamoDb.Store.Streams;

/// <summary>Reads streams, whatever asks: their API and the mappings of functions.</summary>
internal sealed class StreamReader(IStore store, EventLog log)
{
    /// <summary>Null when there is no such stream.</summary>
    public ValueTask<StreamRecord?> FindAsync(StreamRef stream, CancellationToken cancellationToken) =>
        store.ReadAsync(tx => StreamStore.FindAsync(tx, stream), cancellationToken);

    public ValueTask<List<StreamRecord>> ListAsync(
        string account, string region, string? table, StreamRef? after, int limit, CancellationToken cancellationToken) =>
        store.ReadAsync(tx => StreamStore.ListAsync(tx, account, region, table, after, limit), cancellationToken);

    /// <summary>The position of a shard's newest record.</summary>
    public ValueTask<ulong> FindEndAsync(StreamRecord stream, int shard, CancellationToken cancellationToken) =>
        store.ReadAsync(async tx => (await log.FindEndAsync(tx, stream.Stream.Log, shard)).Value, cancellationToken);

    /// <summary>The position up to which a shard's records are gone, because they were older than a day.</summary>
    public ValueTask<ulong> FindTrimmedAsync(StreamRecord stream, int shard, CancellationToken cancellationToken) =>
        store.ReadAsync(async tx => (await log.FindTrimmedAsync(tx, stream.Stream.Log, shard)).Value, cancellationToken);

    public ValueTask<IReadOnlyList<LogEvent>> ReadAsync(StreamRecord stream, int shard, ulong after, PageSize size, CancellationToken cancellationToken) =>
        log.ReadAsync(stream.Stream.Log, shard, new LogPosition(after), size, cancellationToken);

    public IDisposable Subscribe(StreamRecord stream, Action wake) => store.Subscribe(EventLog.Topic(stream.Stream.Log), wake);
}
