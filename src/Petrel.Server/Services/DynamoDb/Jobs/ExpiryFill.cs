using Petrel.Server.Services.DynamoDb.Model.Backups;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Server.Services.DynamoDb.Store;
using Petrel.Server.Services.DynamoDb.Store.Items;
using Petrel.Storage;

namespace Petrel.Server.Services.DynamoDb.Jobs;

/// <summary>Adds the items that a table had when its expiry was enabled to the rows of expiry; later ones are added by their writes.</summary>
internal sealed class ExpiryFill(IStore store, TtlRows rowsOfExpiry, ChunkSize chunk) : ITableWork
{
    public JobKind Kind => JobKind.FillExpiry;

    public async Task StepAsync(TableJob job, CancellationToken cancellationToken) => await store.WriteAsync(
        async tx =>
        {
            var started = chunk.Start();
            if (!await JobStore.IsCurrentAsync(tx, job))
            {
                return 0;
            }

            var table = await TableStore.FindAsync(tx, job.Key);
            if (table?.Id != job.TableId || table.TimeToLive is not { Filling: true } expiry || expiry.RowsId != job.Part)
            {
                JobStore.End(tx, job);
                return 0;
            }

            var all = ItemKeys.Table(job.TableId);
            var rest = job.Cursor is { } cursor ? all.After(new Key(cursor)) : all;
            var rows = await ItemChunks.ReadAsync(tx, rest, chunk.Items(1), ChunkSize.MaxBytes(1));
            foreach (var row in rows)
            {
                if (ExpiryRules.ExpiryOf(expiry, ItemCodec.Decode(row.Value)) is { } at)
                {
                    rowsOfExpiry.Put(tx, expiry, at, ItemKeys.SuffixOf(row.Key));
                }
            }

            if (rows.Count > 0)
            {
                JobStore.Advance(tx, job with { Cursor = rows[^1].Key.Bytes.ToArray() });
            }
            else
            {
                JobStore.End(tx, job);
                TableStore.Put(tx, table with { TimeToLive = expiry with { Filling = false } });
            }

            chunk.Took(started, rows.Count);
            JobMetrics.Items.Add(rows.Count, new KeyValuePair<string, object?>("job", "fill-expiry"));
            return rows.Count;
        },
        cancellationToken);
}
