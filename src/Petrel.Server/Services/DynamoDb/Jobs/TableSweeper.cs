using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Petrel.Server.Settings;
using Petrel.Storage;

namespace Petrel.Server.Services.DynamoDb.Jobs;

/// <summary>What comes with time: items that expire, by the second; and, by the hour, history that no restore asks for and backups that are over.</summary>
internal sealed partial class TableSweeper(
    ExpirySweep expiry, BackupSweep backups, PetrelOptions options, TimeProvider time, ILogger<TableSweeper> logger) : BackgroundService
{
    private static readonly TimeSpan BackupsEvery = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.Dynamodb.TtlSweepSeconds), time);
        var backupsAt = time.GetUtcNow();
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await expiry.SweepAsync(stoppingToken);
                if (time.GetUtcNow() >= backupsAt)
                {
                    await backups.SweepAsync(stoppingToken);
                    backupsAt = time.GetUtcNow() + BackupsEvery;
                }
            }
            catch (StoreException failure)
            {
                LogSweepFailed(failure);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Items that have expired were not all deleted; the next round tries again.")]
    private partial void LogSweepFailed(Exception failure);
}
