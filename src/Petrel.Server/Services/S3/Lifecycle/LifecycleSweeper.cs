using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Petrel.Aws.S3;
using Petrel.Server.Services.S3.Model;
using Petrel.Server.Services.S3.Store;
using Petrel.Server.State;
using Petrel.Storage;

namespace Petrel.Server.Services.S3.Lifecycle;

/// <summary>
/// Carries out the lifecycle of buckets: once after the start and after each midnight (UTC), a page at a time, away from requests. What it
/// deletes is looked at again in the transaction that deletes it.
/// </summary>
internal sealed partial class LifecycleSweeper(S3Store store, BucketStore buckets, ObjectStore objects, TimeProvider time, ILogger<LifecycleSweeper> logger)
    : BackgroundService
{
    private const int Page = 500;

    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(10);

    /// <summary>Sweeps all buckets once; returns how many objects, versions, markers and uploads went.</summary>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        var removed = 0;
        string? after = null;
        while (true)
        {
            var from = after;
            var page = await store.ReadAsync(tx => buckets.ListAllAsync(tx, from, Page), cancellationToken);
            foreach (var bucket in page.Where(static b => b.Lifecycle is not null))
            {
                removed += await SweepCurrentAsync(bucket, bucket.Lifecycle!, cancellationToken);
                removed += await SweepVersionsAsync(bucket, bucket.Lifecycle!, cancellationToken);
                removed += await SweepUploadsAsync(bucket, bucket.Lifecycle!, cancellationToken);
            }

            if (page.Count < Page)
            {
                return removed;
            }

            after = page[^1].Name;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        DateOnly? swept = null;
        using var timer = new PeriodicTimer(LookEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
                if (swept != today && await TrySweepAsync(stoppingToken))
                {
                    swept = today;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The daemon stops.
        }
    }

    private async Task<bool> TrySweepAsync(CancellationToken cancellationToken)
    {
        try
        {
            await SweepAsync(cancellationToken);
            return true;
        }
        catch (StoreException problem)
        {
            SweepFailed(problem);
            return false;
        }
    }

    private async Task<int> SweepCurrentAsync(BucketState bucket, IReadOnlyList<LifecycleRule> rules, CancellationToken cancellationToken)
    {
        var removed = 0;
        byte[]? after = null;
        while (true)
        {
            var query = new ListingQuery(bucket.Id, [], [], after, Page);
            var page = await store.ReadAsync(tx => ObjectListing.ListAsync(tx, query), cancellationToken);
            var now = time.GetUtcNow();
            var due = page.Objects.Where(o => LifecycleRules.Expires(rules, o.Key, o.State, now)).ToArray();
            foreach (var piece in due.Chunk(100))
            {
                removed += await store.WriteAsync(tx => ExpireAsync(tx, bucket, piece), cancellationToken);
            }

            if (!page.IsTruncated)
            {
                return removed;
            }

            after = page.Last;
        }
    }

    private async ValueTask<int> ExpireAsync(IWriteTransaction tx, BucketState bucket, (string Key, ObjectState State)[] due)
    {
        if (await buckets.FindAsync(tx, bucket.Name) is not { } present || present.Id != bucket.Id)
        {
            return 0;
        }

        var removed = 0;
        foreach (var (key, state) in due)
        {
            var bytes = ObjectKeys.Bytes(key);
            if ((await ObjectRows.FindCurrentAsync(tx, bucket.Id, bytes))?.Order == state.Order)
            {
                await objects.DeleteAsync(tx, present, bytes, DeleteConditions.None);
                removed++;
            }
        }

        return removed;
    }

    private async Task<int> SweepVersionsAsync(BucketState bucket, IReadOnlyList<LifecycleRule> rules, CancellationToken cancellationToken)
    {
        if (bucket.Versioning is null)
        {
            return 0;
        }

        var removed = 0;
        var walk = new VersionWalk(rules, time.GetUtcNow());
        byte[]? after = null;
        VersionOrder? through = null;
        while (true)
        {
            var (from, version) = (after, through);
            var query = new ListingQuery(bucket.Id, [], [], from, Page);
            var page = await store.ReadAsync(tx => VersionListing.ListAsync(tx, query, version), cancellationToken);
            var due = page.Versions.Where(v => walk.IsDue(v.Key, v.State, v.IsLatest)).ToList();
            due.AddRange(page.IsTruncated ? [] : walk.Finish());
            foreach (var piece in due.Chunk(100))
            {
                removed += await store.WriteAsync(tx => RemoveVersionsAsync(tx, bucket, piece), cancellationToken);
            }

            if (!page.IsTruncated)
            {
                return removed;
            }

            (after, through) = (page.Last, page.LastVersion);
        }
    }

    private async ValueTask<int> RemoveVersionsAsync(IWriteTransaction tx, BucketState bucket, (string Key, ObjectState State, bool IsLatest)[] due)
    {
        var removed = 0;
        foreach (var (key, state, _) in due)
        {
            if (await objects.DeleteVersionAsync(tx, bucket, ObjectKeys.Bytes(key), state.ShownVersionId, DeleteConditions.None) is not null)
            {
                removed++;
            }
        }

        return removed;
    }

    private async Task<int> SweepUploadsAsync(BucketState bucket, IReadOnlyList<LifecycleRule> rules, CancellationToken cancellationToken)
    {
        var range = UploadRows.All(bucket.Id);
        var removed = 0;
        while (true)
        {
            var from = range;
            var rows = await store.ReadAsync(tx => tx.ScanAsync(from, Page), cancellationToken);
            var now = time.GetUtcNow();
            var due = rows.Select(static row => StateJson.Read<UploadState>(row.Value)).Where(upload => LifecycleRules.Aborts(rules, upload, now)).ToArray();
            await store.WriteAsync(
                tx =>
                {
                    foreach (var upload in due)
                    {
                        UploadRows.Delete(tx, bucket.Id, ObjectKeys.Bytes(upload.Key), upload.UploadId);
                        GarbageRows.AddUpload(tx, upload.UploadId);
                    }

                    return new ValueTask<int>(due.Length);
                },
                cancellationToken);
            removed += due.Length;
            if (rows.Count < Page)
            {
                return removed;
            }

            range = range.After(rows[^1].Key);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The lifecycle of buckets could not be carried out; it is tried again.")]
    private partial void SweepFailed(Exception problem);
}
