using Petrel.Server.Services.DynamoDb.Model.Backups;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Server.Services.DynamoDb.Store;
using Petrel.Server.Services.DynamoDb.Store.Items;
using Petrel.Storage;

namespace Petrel.Server.Services.DynamoDb.Jobs;

/// <summary>
/// Adds a table's items to a new index, in the order of their keys, beside reads and writes. How far it came stands in the table's record,
/// which every write looks at: an item up to there is kept in the index by its writes, one after it by the piece that reaches it.
/// </summary>
internal sealed class IndexFill(IStore store, ChunkSize chunk) : ITableWork
{
    public JobKind Kind => JobKind.FillIndex;

    public async Task StepAsync(TableJob job, CancellationToken cancellationToken)
    {
        // Read once before the transaction: what the disk must bring, it brings without holding up writes.
        await store.ReadAsync(tx => ReadAsync(tx, job), cancellationToken);
        await store.WriteAsync(
            async tx =>
            {
                var started = chunk.Start();
                if (!await JobStore.IsCurrentAsync(tx, job))
                {
                    return 0;
                }

                var table = await TableStore.FindAsync(tx, job.Key);
                if (table?.Id != job.TableId || table.FindIndex(job.Index!) is not { Status: ResourceStatus.Creating } index || index.Id != job.Part)
                {
                    JobStore.End(tx, job);
                    return 0;
                }

                var rows = await ReadAsync(tx, job);
                Fill(tx, table, index, rows);
                Advance(tx, job, table, index, rows);
                chunk.Took(started, rows.Count);
                JobMetrics.Items.Add(rows.Count, new KeyValuePair<string, object?>("job", "fill-index"));
                return rows.Count;
            },
            cancellationToken);
    }

    private ValueTask<List<KeyValue>> ReadAsync(IReadTransaction tx, TableJob job) =>
        ItemChunks.ReadAsync(tx, RestOf(job), chunk.Items(1), ChunkSize.MaxBytes(1));

    private static KeyRange RestOf(TableJob job)
    {
        var all = ItemKeys.Table(job.TableId);
        return job.Cursor is { } cursor ? all.After(new Key(cursor)) : all;
    }

    private static void Fill(IWriteTransaction tx, TableState table, IndexState index, List<KeyValue> rows)
    {
        foreach (var row in rows)
        {
            IndexWriter.Put(tx, table, index, row.Key, ItemCodec.Decode(row.Value));
        }
    }

    private static void Advance(IWriteTransaction tx, TableJob job, TableState table, IndexState index, List<KeyValue> rows)
    {
        if (rows.Count == 0)
        {
            JobStore.End(tx, job);
            var full = index with { Status = ResourceStatus.Active, Backfilling = false, FilledThrough = null };
            TableStore.Put(tx, table.WithIndex(index.Name, full) with { Status = ResourceStatus.Active });
            return;
        }

        var last = rows[^1].Key.Bytes.ToArray();
        TableStore.Put(tx, table.WithIndex(index.Name, index with { FilledThrough = last }));
        JobStore.Advance(tx, job with { Cursor = last });
    }
}
