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
    /// <summary>Entries may have close to a megabyte each, and a page of them is held in memory.</summary>
    private const int TrimPage = 100;

    private const int FirstPage = 8, LargestPage = 512;
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

    /// <summary>The same, read in pieces until they have <paramref name="maxBytes"/> together: at most one piece more than that.</summary>
    public ValueTask<IReadOnlyList<LogEvent>> ReadAsync(
        EventLogId log, int shard, LogPosition after, PageSize size, CancellationToken cancellationToken = default) =>
        store.ReadAsync<IReadOnlyList<LogEvent>>(async transaction =>
        {
            var (key, found, bytes, page) = (ShardKey(log, shard), new List<LogEvent>(), 0L, FirstPage);
            while (found.Count < size.MaxEntries && bytes < size.MaxBytes)
            {
                var asked = Math.Min(page, size.MaxEntries - found.Count);
                var records = await transaction.ReadLogAsync(key, after, asked);
                foreach (var record in records)
                {
                    found.Add(LogEntry.Decode(record));
                    bytes += record.Value.Length;
                    if (bytes >= size.MaxBytes)
                    {
                        break;
                    }
                }

                if (records.Count < asked)
                {
                    break;
                }

                after = found[^1].Position;
                page = NextPage(page, bytes, found.Count, size.MaxBytes);
            }

            return found;
        }, cancellationToken);

    /// <summary>The position of the newest entry of a shard; the start when it has none.</summary>
    public ValueTask<LogPosition> FindEndAsync(IReadTransaction transaction, EventLogId log, int shard) =>
        transaction.GetLogEndAsync(ShardKey(log, shard));

    /// <summary>The position up to which retention has taken a shard's entries; the start when it has taken none.</summary>
    public async ValueTask<LogPosition> FindTrimmedAsync(IReadTransaction transaction, EventLogId log, int shard) =>
        ReadPosition(await transaction.GetAsync(TrimmedKey(log, shard)));

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
        ReadPosition(await transaction.GetAsync(CursorKey(log, consumer, shard)));

    /// <summary>Saves how far a consumer came, as part of the transaction that holds what it made of the entries.</summary>
    public void SaveCursor(IWriteTransaction transaction, EventLogId log, string consumer, int shard, LogPosition position) =>
        transaction.Put(CursorKey(log, consumer, shard), WritePosition(position));

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
                count = await TrimPageAsync(log, shard, before, cancellationToken);
                trimmed += count;
            }
            while (count == TrimPage);
        }

        return trimmed;
    }

    /// <summary>Removes the log with its cursors, as part of the transaction that removes its owner.</summary>
    public void Delete(IWriteTransaction transaction, EventLogId log) => transaction.DeleteRange(Logs.Range(log.Id));

    /// <summary>As many as are still wanted, as far as the size of those before tells.</summary>
    private static int NextPage(int page, long bytes, int count, int maxBytes)
    {
        var fitting = (maxBytes - bytes) / Math.Max(bytes / count, 1);
        return (int)Math.Clamp(Math.Min(fitting, page * 4L), 1, LargestPage);
    }

    private static Key ShardKey(EventLogId log, int shard)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)shard, (uint)log.Shards);
        return Logs.Key(log.Id, "s", (long)shard);
    }

    private static Key TrimmedKey(EventLogId log, int shard) => Logs.Key(log.Id, "t", (long)shard);

    private static LogPosition ReadPosition(ReadOnlyMemory<byte>? value) =>
        value is { } bytes ? new LogPosition(BinaryPrimitives.ReadUInt64LittleEndian(bytes.Span)) : LogPosition.Start;

    private static byte[] WritePosition(LogPosition position)
    {
        var value = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(value, position.Value);
        return value;
    }

    private static Key CursorKey(EventLogId log, string consumer, int shard) => Logs.Key(log.Id, "c", consumer, (long)shard);

    /// <summary>Looks before it writes: a log with nothing to trim costs no transaction.</summary>
    private async Task<int> TrimPageAsync(EventLogId log, int shard, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var key = ShardKey(log, shard);
        var page = await store.ReadAsync(transaction => transaction.ReadLogAsync(key, LogPosition.Start, TrimPage), cancellationToken);
        var old = page.TakeWhile(record => LogEntry.TimeOf(record.Value.Span) < before).Count();
        if (old > 0)
        {
            await store.WriteAsync(transaction =>
            {
                transaction.TrimLog(key, page[old - 1].Position);
                transaction.Put(TrimmedKey(log, shard), WritePosition(page[old - 1].Position));
                return new ValueTask<int>(0);
            }, cancellationToken);
        }

        return old;
    }
}
