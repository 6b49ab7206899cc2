using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Petrel.Server.Services.Logs.Model;
using Petrel.Server.Services.Logs.Store;
using Petrel.Storage;

namespace Petrel.Server.Services.Logs.Api;

/// <summary>
/// Drops what groups need not keep, away from requests; until a segment goes, reads pass over what has expired in it. It also removes the
/// folders of groups whose deletion a crash cut short.
/// </summary>
internal sealed partial class RetentionSweeper(LogGroupStore store, LogDirectory logs, TimeProvider time, ILogger<RetentionSweeper> logger)
    : BackgroundService
{
    public static readonly TimeSpan Period = TimeSpan.FromMinutes(10);

    private const int Page = 200;

    /// <summary>One round over all groups.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var known = new HashSet<ulong>();
        var folders = logs.GroupFolders();
        GroupKey? after = null;
        List<(GroupKey Key, GroupState Group)> page;
        do
        {
            var from = after;
            page = await store.ReadAsync(tx => LogGroupStore.ListAllAsync(tx, from, Page), cancellationToken);
            foreach (var (key, group) in page)
            {
                known.Add(group.Id);
                if (group.RetentionDays is not null && folders.Contains(group.Id))
                {
                    await logs.Open(key).DropBeforeAsync(LogRules.Horizon(group, now));
                }

                after = key;
            }
        }
        while (page.Count == Page);

        // Folders were listed before the groups: one without a group is none that is being made.
        foreach (var orphan in folders.Except(known))
        {
            logs.DeleteFolder(orphan);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (Exception failure) when (failure is IOException or StoreException)
            {
                LogSweepFailed(failure);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Expired log events were not all dropped; the next round tries again.")]
    private partial void LogSweepFailed(Exception failure);
}
