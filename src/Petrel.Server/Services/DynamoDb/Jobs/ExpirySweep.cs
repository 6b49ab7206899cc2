using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Server.Services.DynamoDb.Store;
using Petrel.Server.Services.DynamoDb.Store.Items;
using Petrel.Storage;

namespace Petrel.Server.Services.DynamoDb.Jobs;

/// <summary>Deletes items whose time has come, through the place where all items change: indexes, the stream and backups see it as any deletion.</summary>
internal sealed class ExpirySweep(IStore store, ItemWriter writer, TtlRows rows, TimeProvider time)
{
    private const int TablePage = 100;

    /// <summary>Items a transaction; each with its entries in up to 25 indexes.</summary>
    private const int Chunk = 32;

    /// <summary>Bytes of items a transaction: each is written to the stream and to logs of changes as it goes.</summary>
    private const int MaxBytes = 1024 * 1024;

    /// <summary>Seconds before now up to which the mark is moved: a node whose clock is behind may still write that it is not yet due.</summary>
    private const int MarkLagSeconds = 60;

    /// <summary>One round over all tables with expiry; returns how many items went.</summary>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        var expired = 0;
        ulong? after = null;
        List<(ulong RowsId, TableKey Table)> page;
        do
        {
            var from = after;
            page = await store.ReadAsync(tx => TtlRows.ListTablesAsync(tx, from, TablePage), cancellationToken);
            foreach (var (rowsId, key) in page)
            {
                expired += await SweepAsync(rowsId, key, cancellationToken);
                after = rowsId;
            }
        }
        while (page.Count == TablePage);

        return expired;
    }

    private async Task<int> SweepAsync(ulong rowsId, TableKey key, CancellationToken cancellationToken)
    {
        var table = await store.ReadAsync(tx => TableStore.FindAsync(tx, key), cancellationToken);
        if (table?.TimeToLive is not { } state || state.RowsId != rowsId)
        {
            return 0;
        }

        var (expired, found) = (0, Chunk);
        while (found == Chunk)
        {
            var now = time.GetUtcNow().ToUnixTimeSeconds();
            var due = await store.ReadAsync(
                async tx => await TtlRows.FindDueAsync(tx, state, await TtlRows.FindMarkAsync(tx, state), now, Chunk), cancellationToken);
            found = due.Count;
            if (found > 0)
            {
                expired += await store.WriteAsync(tx => DeleteAsync(tx, table, due, found < Chunk ? now - MarkLagSeconds : null), cancellationToken);
            }
        }

        JobMetrics.Expired.Add(expired);
        return expired;
    }

    /// <param name="mark">How far all is done with this; null when there is more.</param>
    private async ValueTask<int> DeleteAsync(
        IWriteTransaction tx, TableState known, List<(long At, ReadOnlyMemory<byte> Item)> due, long? mark)
    {
        var table = await TableStore.FindAsync(tx, known.Key);
        if (table?.TimeToLive is not { } state || state.RowsId != known.TimeToLive!.RowsId)
        {
            return 0;
        }

        var (expired, bytes) = (0, 0);
        foreach (var (at, item) in due)
        {
            if (bytes >= MaxBytes)
            {
                return expired;
            }

            // The row goes in any case: with the item, or because the item is gone, or too old to be meant.
            rows.Remove(tx, state, at, item);
            var key = ItemKeys.WithSuffix(table.Id, item.Span);
            var present = await ItemStore.FindAsync(tx, key);
            if (present is not null && ExpiryRules.ExpiryOf(state, present) == at && ExpiryRules.IsExpired(at, time.GetUtcNow()))
            {
                writer.Write(tx, new ItemChange(table, key, present, null, ItemWriterIdentity.TimeToLive));
                expired++;
                bytes += present.SizeBytes;
            }
        }

        if (mark is { } reached)
        {
            TtlRows.PutMark(tx, state, reached);
        }

        return expired;
    }
}
