using Petrel.Server.Services.DynamoDb.Model.Backups;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Server.Services.DynamoDb.Store;
using Petrel.Server.Services.DynamoDb.Store.Items;
using Petrel.Storage;

namespace Petrel.Server.Services.DynamoDb.Jobs;

/// <summary>
/// Copies a table's items, as they were at a moment, to a backup or a new table. First each item as it is met, whatever is written
/// meanwhile; then, by the log of changes, whatever has changed since the moment is set back to what the first change after it replaced.
/// </summary>
internal sealed class ItemCopy(IStore store, ItemWriter writer, HistoryLog history, ChunkSize chunk, CopyEnd end) : ITableWork
{
    public JobKind Kind => JobKind.Copy;

    public Task StepAsync(TableJob job, CancellationToken cancellationToken) =>
        job.Copy!.Position is null ? CopyAsync(job, cancellationToken) : SetBackAsync(job, cancellationToken);

    /// <summary>What is read outside of the transaction may be out of date within it: then the log has it.</summary>
    private async Task CopyAsync(TableJob job, CancellationToken cancellationToken)
    {
        var copy = job.Copy!;
        var all = ItemKeys.Table(copy.SourceId);
        var rest = job.Cursor is { } cursor ? all.After(new Key(cursor)) : all;
        var target = await store.ReadAsync(tx => CopyTarget.FindAsync(tx, job), cancellationToken);
        var indexes = target?.Indexes.Count ?? 0;
        var rows = await store.ReadAsync(
            tx => ItemChunks.ReadAsync(tx, rest, chunk.Items(indexes), ChunkSize.MaxBytes(indexes)), cancellationToken);
        var before = rows.Count == 0 && copy.LogId is { } logId ? await history.FindBeforeAsync(logId, copy.After, cancellationToken) : 0;
        await WriteAsync(
            job,
            async (tx, table) =>
            {
                foreach (var row in rows)
                {
                    var key = ItemKeys.WithSuffix(table.Id, ItemKeys.SuffixOf(row.Key).Span);
                    writer.Write(tx, new ItemChange(table, key, null, ItemCodec.Decode(row.Value)));
                }

                if (rows.Count > 0)
                {
                    JobStore.Advance(tx, job with { Cursor = rows[^1].Key.Bytes.ToArray() });
                }
                else if (copy.LogId is { } log)
                {
                    var last = await history.FindEndAsync(tx, log);
                    JobStore.Advance(tx, job with { Copy = copy with { Position = before, End = last.Value } });
                }
                else
                {
                    await end.EndAsync(tx, job, table);
                }

                return rows.Count;
            },
            cancellationToken);
    }

    /// <summary>Entries of after the copy's end are of changes that the copy has not seen: they need not be set back.</summary>
    private async Task SetBackAsync(TableJob job, CancellationToken cancellationToken)
    {
        var copy = job.Copy!;
        var entries = await history.ReadAsync(copy.LogId!.Value, copy.Position!.Value, cancellationToken);
        await WriteAsync(
            job,
            async (tx, table) =>
            {
                var position = copy.Position.Value;
                var (done, bytes) = (0, 0L);
                var (maxItems, maxBytes) = (chunk.Items(table.Indexes.Count), ChunkSize.MaxBytes(table.Indexes.Count));
                foreach (var entry in entries)
                {
                    if (entry.Position.Value > copy.End || done >= maxItems || bytes >= maxBytes)
                    {
                        break;
                    }

                    position = entry.Position.Value;
                    bytes += entry.Value.Length;
                    done++;
                    if (entry.At.ToUnixTimeMilliseconds() > copy.After)
                    {
                        await SetBackAsync(tx, job, table, entry);
                    }
                }

                if (done > 0)
                {
                    JobStore.Advance(tx, job with { Copy = copy with { Position = position } });
                }
                else
                {
                    await end.EndAsync(tx, job, table);
                }

                return done;
            },
            cancellationToken);
    }

    private async ValueTask SetBackAsync(IWriteTransaction tx, TableJob job, TableState table, LogEvent entry)
    {
        var (item, old) = HistoryLog.Decode(entry);
        if (!await JobStore.TryMarkAsync(tx, job, item))
        {
            return;
        }

        var key = ItemKeys.WithSuffix(table.Id, item.Span);
        var present = await ItemStore.FindAsync(tx, key);
        if (present is not null || old is not null)
        {
            writer.Write(tx, new ItemChange(table, key, present, old));
        }
    }

    /// <summary>One piece; nothing when another has moved the job on, and no more pieces when what is copied to is gone.</summary>
    private async Task WriteAsync(TableJob job, Func<IWriteTransaction, TableState, ValueTask<int>> piece, CancellationToken cancellationToken) =>
        await store.WriteAsync(
            async tx =>
            {
                var started = chunk.Start();
                if (!await JobStore.IsCurrentAsync(tx, job))
                {
                    return 0;
                }

                if (await CopyTarget.FindAsync(tx, job) is not { } table)
                {
                    JobStore.End(tx, job);
                    return 0;
                }

                var items = await piece(tx, table);
                chunk.Took(started, items);
                JobMetrics.Items.Add(items, new KeyValuePair<string, object?>("job", "copy"));
                return items;
            },
            cancellationToken);
}
