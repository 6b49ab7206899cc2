using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Petrel.Server.Services.Lambda.Store;
using Petrel.Storage;

namespace Petrel.Server.Services.Lambda.Packages;

/// <summary>Removes packages that nobody has owned for a while: their bytes, their record and their unpacked code.</summary>
internal sealed partial class PackageCollector(
    IStore store,
    IBlobStore blobs,
    PackageLibrary library,
    TimeProvider time,
    ILogger<PackageCollector> log) : BackgroundService
{
    /// <summary>Longer than an upload takes to be owned, and than the longest invocation (15 minutes) still needs the code.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(20);

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private const int PageSize = 100;

    /// <summary>One pass over all packages in doubt.</summary>
    public async Task CollectAsync(CancellationToken cancellationToken)
    {
        var latest = time.GetUtcNow() - Grace;
        string? after = null;
        while (true)
        {
            var from = after;
            var page = await store.ReadAsync(tx => PackageStore.ListDoubtsAsync(tx, from, PageSize), cancellationToken);
            foreach (var (sha256, since) in page)
            {
                if (since <= latest)
                {
                    await DecideAsync(sha256, latest, cancellationToken);
                }
            }

            if (page.Count < PageSize)
            {
                return;
            }

            after = page[^1].Sha256;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await CollectAsync(stoppingToken);
            }
            catch (Exception problem) when (problem is StoreException or IOException)
            {
                LogFailed(problem);
            }
        }
    }

    private async Task DecideAsync(string sha256, DateTimeOffset latest, CancellationToken cancellationToken)
    {
        var removed = await store.WriteAsync(
            async tx =>
            {
                if (await PackageStore.GetDoubtAsync(tx, sha256) is not { } since || since > latest)
                {
                    return null;
                }

                PackageStore.RemoveDoubt(tx, sha256);
                if (await PackageStore.IsOwnedAsync(tx, sha256) || await PackageStore.GetAsync(tx, sha256) is not { } package)
                {
                    return null;
                }

                PackageStore.Remove(tx, sha256);
                blobs.Delete(tx, package.Blob);
                return package;
            },
            cancellationToken);
        if (removed is not null)
        {
            library.RemoveFolder(sha256);
            LogRemoved(sha256, removed.Blob.Size);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Removed package {Sha256} of {SizeBytes} bytes, which nobody owns")]
    private partial void LogRemoved(string sha256, long sizeBytes);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Packages without owner could not be removed; the next pass tries again")]
    private partial void LogFailed(Exception problem);
}
