using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Petrel.Server.Services.DynamoDb.Store.Items;
using Petrel.Storage;

namespace Petrel.Server.Services.DynamoDb.Api.Items;

/// <summary>Removes the tokens of transactions when their time is over, away from requests.</summary>
internal sealed partial class TokenSweeper(IStore store, TimeProvider time, ILogger<TokenSweeper> logger) : BackgroundService
{
    private const int Page = 500;
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        while (await store.WriteAsync(tx => TransactionTokens.SweepAsync(tx, now, Page), cancellationToken) == Page)
        {
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
            catch (StoreException failure)
            {
                LogSweepFailed(failure);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Expired tokens of transactions were not all removed; the next round tries again.")]
    private partial void LogSweepFailed(Exception failure);
}
