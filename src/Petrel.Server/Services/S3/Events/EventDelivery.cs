using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Petrel.Server.State;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.S3.Events;

/// <summary>
/// Takes notifications from the queue and hands them over. One that cannot be handed over (the function is throttled, or not there just now)
/// is tried again, ever more seldom, for a day; after a kill it may be handed over twice.
/// </summary>
internal sealed partial class EventDelivery(WorkQueue queue, FunctionTargets targets, IIdSource ids, TimeProvider time, ILogger<EventDelivery> logger)
    : BackgroundService
{
    private static readonly ReceiveOptions Receive = new()
    {
        Max = 64,
        Visibility = TimeSpan.FromSeconds(60),
        Wait = TimeSpan.FromSeconds(20),
        MaxAge = TimeSpan.FromHours(24),
    };

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var leases = await queue.ReceiveAsync(ObjectEvents.Queue, Receive, stoppingToken);
                await Task.WhenAll(leases.Select(lease => DeliverAsync(lease, stoppingToken)));
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (StoreException problem)
            {
                QueueUnreadable(problem);
                await Task.Delay(Pause, time, CancellationToken.None);
            }
        }
    }

    private async Task DeliverAsync(WorkLease lease, CancellationToken cancellationToken)
    {
        var pending = StateJson.Read<PendingNotification>(lease.Body);
        try
        {
            await targets.DeliverAsync(pending, ids.NextGuid().ToString());
            await queue.CompleteAsync(lease, cancellationToken);
        }
        catch (ServiceException refusal)
        {
            NotDelivered(pending.FunctionArn, pending.Bucket, lease.Attempts, refusal.Message);
            var seconds = Math.Min(Math.Pow(2, Math.Min(lease.Attempts, 16)), LongestRetry.TotalSeconds);
            await queue.RetryAsync(lease, TimeSpan.FromSeconds(seconds), cancellationToken);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The queue of S3 notifications cannot be read; trying again.")]
    private partial void QueueUnreadable(Exception problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Function} was not told of an event in bucket {Bucket} (attempt {Attempt}): {Reason}")]
    private partial void NotDelivered(string function, string bucket, int attempt, string reason);
}
