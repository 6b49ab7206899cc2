using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Petrel.Server.Services.DynamoDb.Model.Streams;
using Petrel.Storage;

namespace Petrel.Server.Services.DynamoDb.Store.Streams;

/// <summary>Removes records that are older than a day, never sooner, and streams that nobody can read any more.</summary>
internal sealed partial class StreamSweeper(IStore store, EventLog log, TimeProvider time, ILogger<StreamSweeper> logger) : BackgroundService
{
    private const int PageSize = 200;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    /// <summary>Goes over all streams once.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        StreamRecord? after = null;
        while (true)
        {
            var last = after;
            var page = await store.ReadAsync(tx => StreamStore.ListAllAsync(tx, last, PageSize), cancellationToken);
            foreach (var stream in page)
            {
                await log.TrimAsync(stream.Stream.Log, StreamRecord.Retention, cancellationToken);
                if (stream.IsOver(time.GetUtcNow()))
                {
                    await RemoveAsync(stream, cancellationToken);
                }
            }

            if (page.Count < PageSize)
            {
                return;
            }

            after = page[^1];
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (StoreException problem)
            {
                LogFailed(problem);
            }
        }
    }

    private ValueTask<bool> RemoveAsync(StreamRecord stream, CancellationToken cancellationToken) => store.WriteAsync(
        tx =>
        {
            StreamStore.Remove(tx, log, stream);
            return new ValueTask<bool>(true);
        },
        cancellationToken);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Old records of table streams could not be removed; the next pass tries again.")]
    private partial void LogFailed(Exception problem);
}
