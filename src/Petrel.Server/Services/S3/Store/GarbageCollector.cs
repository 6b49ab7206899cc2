using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Petrel.Storage;

namespace Petrel.Server.Services.S3.Store;

/// <summary>
/// Lets go of the parts of objects and uploads that are gone, away from requests and in pieces that a transaction can hold. What a crash
/// interrupts is done again: to delete a blob twice does no harm.
/// </summary>
internal sealed partial class GarbageCollector(S3Store store, ContentStore content, TimeProvider time, ILogger<GarbageCollector> logger) : BackgroundService
{
    private const int Piece = 1_000;

    private static readonly TimeSpan RescanEvery = TimeSpan.FromMinutes(1);

    /// <summary>Takes all that is due; returns how many entries.</summary>
    public async Task<int> CollectAsync(CancellationToken cancellationToken)
    {
        const int Page = 64;
        var collected = 0;
        var range = GarbageRows.All;
        while (true)
        {
            var from = range;
            var rows = await store.ReadAsync(tx => tx.ScanAsync(from, Page), cancellationToken);
            foreach (var row in rows.Where(row => GarbageRows.ReadDue(row.Value) <= time.GetUtcNow()))
            {
                await CollectAsync(row.Key, cancellationToken);
                collected++;
            }

            if (rows.Count < Page)
            {
                return collected;
            }

            range = range.After(rows[^1].Key);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var wake = new WakeUp();
        using var subscription = store.Subscribe(GarbageRows.Topic, wake.Set);
        while (!stoppingToken.IsCancellationRequested)
        {
            wake.Reset();
            try
            {
                await CollectAsync(stoppingToken);
                await wake.WaitAsync(RescanEvery, time, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (StoreException failure)
            {
                CollectionFailed(failure);
                await Task.Delay(RescanEvery, time, stoppingToken).ContinueWith(static _ => { }, TaskScheduler.Default);
            }
        }
    }

    private async Task CollectAsync(Key row, CancellationToken cancellationToken)
    {
        var (kind, id, uploadId) = GarbageRows.Read(row);
        await (kind switch
        {
            GarbageKind.Manifest => CollectManifestAsync(id, cancellationToken),
            GarbageKind.Upload => CollectUploadAsync(uploadId, cancellationToken),
            _ => CollectBucketAsync(id, cancellationToken),
        });
        await WriteAsync(tx => tx.Delete(row), cancellationToken);
    }

    private async Task CollectManifestAsync(ulong id, CancellationToken cancellationToken)
    {
        var manifest = await store.ReadAsync(tx => UploadRows.FindManifestAsync(tx, id), cancellationToken);
        foreach (var piece in (manifest?.Parts ?? []).Chunk(Piece))
        {
            await WriteAsync(
                tx =>
                {
                    foreach (var part in piece)
                    {
                        content.Delete(tx, part.Content);
                    }
                },
                cancellationToken);
        }

        await WriteAsync(tx => UploadRows.DeleteManifest(tx, id), cancellationToken);
    }

    private async Task CollectUploadAsync(string uploadId, CancellationToken cancellationToken)
    {
        while (true)
        {
            var left = await store.WriteAsync(
                async tx =>
                {
                    var parts = await UploadRows.ListPartsAsync(tx, uploadId, 0, Piece);
                    foreach (var part in parts)
                    {
                        content.Delete(tx, part.Content);
                        UploadRows.DeletePart(tx, uploadId, part);
                    }

                    return parts.Count;
                },
                cancellationToken);
            if (left < Piece)
            {
                return;
            }
        }
    }

    private async Task CollectBucketAsync(ulong bucket, CancellationToken cancellationToken)
    {
        while (true)
        {
            var left = await store.WriteAsync(
                async tx =>
                {
                    var rows = await tx.ScanAsync(UploadRows.All(bucket), Piece);
                    foreach (var row in rows)
                    {
                        GarbageRows.AddUpload(tx, UploadRows.ReadKey(row.Key).UploadId);
                        tx.Delete(row.Key);
                    }

                    return rows.Count;
                },
                cancellationToken);
            if (left < Piece)
            {
                return;
            }
        }
    }

    private async Task WriteAsync(Action<IWriteTransaction> write, CancellationToken cancellationToken) => await store.WriteAsync(
        tx =>
        {
            write(tx);
            return new ValueTask<int>(0);
        },
        cancellationToken);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Parts of deleted objects could not be removed; the collector tries again.")]
    private partial void CollectionFailed(Exception failure);
}
