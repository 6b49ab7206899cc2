using System.Buffers.Binary;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Server.Services.DynamoDb.Store.Items;
using Petrel.Storage;

namespace Petrel.Server.Services.DynamoDb.Store;

/// <summary>
/// What changes replaced: for each, the item's key and what it held before. A table that can be restored to any moment has such a log, and
/// each backup has one while it is written. To set a table back to a moment is to take, for each item, the first entry after it.
/// </summary>
internal sealed class HistoryLog(IStore store, EventLog log) : IItemFollower
{
    private const int ReadEntries = 1_000;
    private const int ReadBytes = 4 * 1024 * 1024;

    /// <summary>Clocks of nodes may differ by this much: so much earlier the search for a moment begins.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    public void Follow(IWriteTransaction tx, in ItemChange change)
    {
        var table = change.Table;
        if (table.PointInTime is null && table.BackupLogs.Count == 0)
        {
            return;
        }

        var entry = Encode(ItemKeys.SuffixOf(change.Key).Span, change.Old);
        if (table.PointInTime is { } history)
        {
            log.Append(tx, LogOf(history.LogId), "", entry);
        }

        foreach (var backup in table.BackupLogs)
        {
            log.Append(tx, LogOf(backup), "", entry);
        }
    }

    /// <summary>Up to some entries after a position, in the order of commits.</summary>
    public ValueTask<IReadOnlyList<LogEvent>> ReadAsync(ulong logId, ulong after, CancellationToken cancellationToken) =>
        log.ReadAsync(LogOf(logId), 0, new LogPosition(after), new PageSize(ReadEntries, ReadBytes), cancellationToken);

    /// <summary>The position of the newest entry.</summary>
    public ValueTask<LogPosition> FindEndAsync(IReadTransaction tx, ulong logId) => log.FindEndAsync(tx, LogOf(logId), 0);

    /// <summary>A position before all entries after a moment: positions rise with time, but for the differences of clocks.</summary>
    /// <param name="moment">Milliseconds since 1970.</param>
    public async ValueTask<ulong> FindBeforeAsync(ulong logId, long moment, CancellationToken cancellationToken)
    {
        if (moment <= 0)
        {
            return 0;
        }

        var end = await store.ReadAsync(tx => FindEndAsync(tx, logId), cancellationToken);
        var (low, high, from) = (0UL, end.Value, moment - (long)Skew.TotalMilliseconds);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            var next = await log.ReadAsync(LogOf(logId), 0, new LogPosition(middle), 1, cancellationToken);
            if (next is [var entry] && entry.At.ToUnixTimeMilliseconds() <= from)
            {
                low = entry.Position.Value;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    public void Delete(IWriteTransaction tx, ulong logId) => log.Delete(tx, LogOf(logId));

    /// <summary>Removes entries that no restore asks for any more.</summary>
    public Task<long> TrimAsync(PointInTimeState history, CancellationToken cancellationToken) =>
        log.TrimAsync(LogOf(history.LogId), TimeSpan.FromDays(history.RecoveryDays) + Skew, cancellationToken);

    /// <summary>The item's key, and what it held before; null when there was none.</summary>
    public static (ReadOnlyMemory<byte> Item, EncodedItem? Old) Decode(LogEvent entry)
    {
        var length = BinaryPrimitives.ReadUInt16LittleEndian(entry.Value.Span);
        var old = entry.Value[(2 + length)..];
        return (entry.Value.Slice(2, length), old.IsEmpty ? null : ItemCodec.Decode(old));
    }

    private static byte[] Encode(ReadOnlySpan<byte> item, EncodedItem? old)
    {
        var bytes = old is null ? default : old.Bytes.Span;
        var entry = new byte[2 + item.Length + bytes.Length];
        BinaryPrimitives.WriteUInt16LittleEndian(entry, (ushort)item.Length);
        item.CopyTo(entry.AsSpan(2));
        bytes.CopyTo(entry.AsSpan(2 + item.Length));
        return entry;
    }

    private static EventLogId LogOf(ulong id) => new(id, 1);
}
