using Petrel.Server.Services.DynamoDb.Model.Streams;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Server.State;
using Petrel.Storage;

namespace Petrel.Server.Services.DynamoDb.Store;

/// <summary>
/// Which streams there are, by account, region, table and label. A table that has a stream opened writes its record itself, with what
/// <see cref="Open"/> gave it as <see cref="TableState.Stream"/>.
/// </summary>
internal static class StreamStore
{
    private static readonly Subspace Streams = new("dynamodb", "stream");

    /// <summary>Makes a stream of a table, as part of the transaction that writes the table's record.</summary>
    /// <param name="table">As it will be but for its stream; only its name and keys matter.</param>
    /// <param name="logId">A fresh id.</param>
    /// <param name="view"><c>NEW_IMAGE</c>, <c>OLD_IMAGE</c>, <c>NEW_AND_OLD_IMAGES</c> or <c>KEYS_ONLY</c>.</param>
    public static StreamState Open(IWriteTransaction tx, TableState table, ulong logId, int shards, string view, DateTimeOffset now)
    {
        var stream = new StreamState(logId, shards, StreamRecord.LabelOf(now), view);
        Put(tx, new StreamRecord(table.Account, table.Region, table.Name, stream, table.Keys, now.ToUnixTimeMilliseconds()));
        return stream;
    }

    /// <summary>Ends a table's stream, when it has one: it stays readable for a day. The caller takes it out of the table's record.</summary>
    public static async ValueTask CloseAsync(IWriteTransaction tx, EventLog log, TableState table, DateTimeOffset now)
    {
        if (table.Stream is not { } stream || await FindAsync(tx, table.Account, table.Region, table.Name, stream.Label) is not { } record)
        {
            return;
        }

        var ends = new ulong[stream.Shards];
        for (var shard = 0; shard < ends.Length; shard++)
        {
            ends[shard] = (await log.FindEndAsync(tx, stream.Log, shard)).Value;
        }

        Put(tx, record with { ClosedAt = now.ToUnixTimeMilliseconds(), Ends = ends });
        tx.Signal(EventLog.Topic(stream.Log));
    }

    public static ValueTask<StreamRecord?> FindAsync(IReadTransaction tx, StreamRef stream) =>
        FindAsync(tx, stream.Account, stream.Region, stream.Table, stream.Label);

    /// <summary>Streams of an account and region, or of one table of it, in the order of their ARNs; those after <paramref name="after"/>.</summary>
    public static async ValueTask<List<StreamRecord>> ListAsync(
        IReadTransaction tx, string account, string region, string? table, StreamRef? after, int limit)
    {
        var range = table is null ? Streams.Range(account, region) : Streams.Range(account, region, table);
        if (after is not null)
        {
            range = range.After(Streams.Key(after.Account, after.Region, after.Table, after.Label));
        }

        return range.IsEmpty ? [] : [.. (await tx.ScanAsync(range, limit)).Select(pair => StateJson.Read<StreamRecord>(pair.Value))];
    }

    /// <summary>Streams of all accounts, those after <paramref name="after"/>.</summary>
    public static async ValueTask<List<StreamRecord>> ListAllAsync(IReadTransaction tx, StreamRecord? after, int limit)
    {
        var range = Streams.Range();
        range = after is null ? range : range.After(Streams.Key(after.Account, after.Region, after.Table, after.Stream.Label));
        return [.. (await tx.ScanAsync(range, limit)).Select(pair => StateJson.Read<StreamRecord>(pair.Value))];
    }

    /// <summary>Removes a stream that is over, with its records.</summary>
    public static void Remove(IWriteTransaction tx, EventLog log, StreamRecord stream)
    {
        tx.Delete(Streams.Key(stream.Account, stream.Region, stream.Table, stream.Stream.Label));
        log.Delete(tx, stream.Stream.Log);
    }

    private static async ValueTask<StreamRecord?> FindAsync(IReadTransaction tx, string account, string region, string table, string label) =>
        await tx.GetAsync(Streams.Key(account, region, table, label)) is { } value ? StateJson.Read<StreamRecord>(value) : null;

    private static void Put(IWriteTransaction tx, StreamRecord stream) =>
        tx.Put(Streams.Key(stream.Account, stream.Region, stream.Table, stream.Stream.Label), StateJson.Write(stream));
}
