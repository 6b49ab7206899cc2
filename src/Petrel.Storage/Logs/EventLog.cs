using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace Petrel.Storage;

/// <summary>
/// Append-only logs in the Store: entries are appended inside their producer's transaction, lie in shards by the hash of their key, and are
/// read from a cursor, in commit order within a shard, until retention takes them. Appends never conflict.
/// </summary>
public sealed class EventLog(IStore store, TimeProvider time)
{
    private const int TrimPage = 1_000;
    private static readonly Subspace Logs = new("~logs");
    private static readonly TimeSpan RescanEvery = TimeSpan.FromSeconds(5);

    /// <summary>Which shard a key's entries are in.</summary>
    public static int ShardOf(EventLogId log, string key) =>
        (int)(XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(key)) % (ulong)log.Shards);

    /// <summary>The topic that is signalled when something is appended to the log.</summary>
    public static string Topic(EventLogId log) => $"log/{log.Id:x16}";

    /// <summary>Appends as part of the caller's transaction.</summary>
    public void Append(IWriteTransaction transaction, EventLogId log, string key, ReadOnlyMemory<byte> value)
    {
        transaction.Append(ShardKey(log, ShardOf(log, key)), LogEntry.Encode(time.GetUtcNow(), key, value.Span));
        transaction.Signal(Topic(log));
    }

    /// <summary>Up to <paramref name="limit"/> entries of a shard after a position.</summary>
    public ValueTask<IReadOnlyList<LogEvent>> ReadAsync(
        EventLogId log, int shard, LogPosition after, int limit, CancellationToken cancellationToken = default) =>
        store.ReadAsync<IReadOnlyList<LogEvent>>(async transaction =>
        {
            var records = await transaction.ReadLogAsync(ShardKey(log, shard), after, limit);
            return records.Select(LogEntry.Decode).ToList();
        }, cancellationToken);

    /// <summary>The same; waits for an entry when there is none. Empty when the time is up.</summary>
    public async Task<IReadOnlyList<LogEvent>> ReadAsync(
        EventLogId log, int shard, LogPosition after, int limit, TimeSpan wait, CancellationToken cancellationToken = default)
    {
        var started = time.GetTimestamp();
        var wake = new WakeUp();
        using var subscription = store.Subscribe(Topic(log), wake.Set);
        while (true)
        {
            wake.Reset();
            var found = await ReadAsync(log, shard, after, limit, cancellationToken);
            var left = wait - time.GetElapsedTime(started);
            if (found.Count > 0 || left <= TimeSpan.Zero)
            {
                return found;
            }

            await wake.WaitAsync(left < RescanEvery ? left : RescanEvery, time, cancellationToken);
        }
    }

    /// <summary>Where a consumer goes on, as saved with <see cref="SaveCursor"/>; the start when it never did.</summary>
    public async ValueTask<LogPosition> LoadCursorAsync(IReadTransaction transaction, EventLogId log, string consumer, int shard) =>
        await transaction.GetAsync(CursorKey(log, consumer, shard)) is { } value
            ? new LogPosition(BinaryPrimitives.ReadUInt64LittleEndian(value.Span))
            : LogPosition.Start;

    /// <summary>Saves how far a consumer came, as part of the transaction that holds what it made of the entries.</summary>
    public void SaveCursor(IWriteTransaction transaction, EventLogId log, string consumer, int shard, LogPosition position)
    {
        var value = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(value, position.Value);
        transaction.Put(CursorKey(log, consumer, shard), value);
    }

    /// <summary>Removes entries older than <paramref name="retention"/>; returns how many. Runs in chunks and can be repeated.</summary>
    public async Task<long> TrimAsync(EventLogId log, TimeSpan retention, CancellationToken cancellationToken = default)
    {
        var before = time.GetUtcNow() - retention;
        var trimmed = 0L;
        for (var shard = 0; shard < log.Shards; shard++)
        {
            int count;
            do
            {
                count = await TrimPageAsync(ShardKey(log, shard), before, cancellationToken);
                trimmed += count;
            }
            while (count == TrimPage);
        }

        return trimmed;
    }

    /// <summary>Removes the log with its cursors, as part of the transaction that removes its owner.</summary>
    public void Delete(IWriteTransaction transaction, EventLogId log) => transaction.DeleteRange(Logs.Range(log.Id));

    private static Key ShardKey(EventLogId log, int shard)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)shard, (uint)log.Shards);
        return Logs.Key(log.Id, "s", (long)shard);
    }

    private static Key CursorKey(EventLogId log, string consumer, int shard) => Logs.Key(log.Id, "c", consumer, (long)shard);

    /// <summary>Looks before it writes: a log with nothing to trim costs no transaction.</summary>
    private async Task<int> TrimPageAsync(Key shard, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var page = await store.ReadAsync(transaction => transaction.ReadLogAsync(shard, LogPosition.Start, TrimPage), cancellationToken);
        var old = page.TakeWhile(record => LogEntry.TimeOf(record.Value.Span) < before).Count();
        if (old > 0)
        {
            await store.WriteAsync(transaction =>
            {
                transaction.TrimLog(shard, page[old - 1].Position);
                return new ValueTask<int>(0);
            }, cancellationToken);
        }

        return old;
    }
}
