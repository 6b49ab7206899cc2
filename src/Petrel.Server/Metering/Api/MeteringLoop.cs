using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Petrel.Server.Settings;
using Petrel.Storage;

namespace Petrel.Server.Metering.Api;

/// <summary>Flushes every few seconds and when the daemon stops, keeps budgets by the calendar, and removes hours that are too old.</summary>
internal sealed partial class MeteringLoop(
    UsageLedger ledger, BudgetKeeper budgets, PetrelOptions options, TimeProvider time, ILogger<MeteringLoop> logger) : BackgroundService
{
    private static readonly TimeSpan SweepPeriod = TimeSpan.FromHours(1);

    /// <summary>How often daemons that share a store learn what the others have used.</summary>
    private static readonly TimeSpan SharePeriod = TimeSpan.FromMinutes(1);

    private long _failures;

    /// <summary>Flushes that failed since the daemon started; what they held was or will be written by a later one.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>No function may run before the budgets are in force.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await budgets.ReloadAsync();
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await ledger.CloseAsync();
        }
        catch (StoreException failure)
        {
            LogLost(failure);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.Metering.FlushSeconds), time);
        var (swept, shared, failed) = (default(DateTimeOffset), time.GetUtcNow(), false);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                var now = time.GetUtcNow();
                await ledger.FlushAsync();
                await budgets.TickAsync();
                failed = false;
                if (options.Storage.Engine == "postgres" && now - shared >= SharePeriod)
                {
                    shared = now;
                    await budgets.ReloadAsync();
                }

                if ((now - swept).Duration() >= SweepPeriod)
                {
                    swept = now;
                    await ledger.SweepAsync(now - TimeSpan.FromDays(options.Metering.RetentionDays), stoppingToken);
                }
            }
            catch (StoreException failure)
            {
                Interlocked.Increment(ref _failures);
                if (!failed)
                {
                    LogNotFlushed(failure);
                }

                failed = true;
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "What functions used is not in the store yet; it is tried again until it is.")]
    private partial void LogNotFlushed(Exception failure);

    [LoggerMessage(LogLevel.Error, "What functions used last is lost: the store did not take it before the end.")]
    private partial void LogLost(Exception failure);
}
