using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Petrel.Storage;

namespace Petrel.Server.Services.Lambda.Async;

/// <summary>
/// The owner of all event queues of this process: one poller for each function that has events, started when one comes (or is found at
/// start) and gone when there are none.
/// </summary>
internal sealed partial class AsyncPollers(AsyncQueues queues, AsyncRunner runner, TimeProvider time, ILogger<AsyncPollers> log) : BackgroundService
{
    private const int PageSize = 500;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, AsyncPoller> _pollers = [];
    private readonly CancellationTokenSource _stopping = new();

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _pollers.Count;
            }
        }
    }

    /// <summary>Sees to it that somebody looks after a function's queue; called after each event that came into it.</summary>
    public void Ensure(ulong functionId)
    {
        lock (_lock)
        {
            if (_stopping.IsCancellationRequested)
            {
                return;
            }

            if (!_pollers.TryGetValue(functionId, out var poller))
            {
                poller = new AsyncPoller(functionId, queues, runner, this);
                _pollers.Add(functionId, poller);
                poller.Start(_stopping.Token);
            }

            poller.AddDemand();
        }
    }

    /// <summary>A poller has found its queue empty: it may end, unless an event came in meanwhile.</summary>
    public bool TryRetire(AsyncPoller poller, long seenDemand)
    {
        lock (_lock)
        {
            return poller.Demand == seenDemand && _pollers.Remove(poller.FunctionId);
        }
    }

    /// <summary>Waits a moment for a store that does not answer.</summary>
    public Task PauseAsync(StoreException problem, CancellationToken stopping)
    {
        LogNoAnswer(problem);
        return Task.Delay(RetryAfter, time, stopping);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        AsyncPoller[] running;
        lock (_lock)
        {
            _stopping.Cancel();
            running = [.. _pollers.Values];
        }

        await Task.WhenAll(running.Select(p => p.Completion)).WaitAsync(cancellationToken);
        await base.StopAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _stopping.Dispose();
        base.Dispose();
    }

    /// <summary>Finds the queues that the last run of the daemon left behind.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        ulong? after = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var page = await queues.ListAsync(after, PageSize, stoppingToken);
                page.ForEach(found => Ensure(found.FunctionId));
                if (page.Count < PageSize)
                {
                    return;
                }

                after = page[^1].FunctionId;
            }
            catch (StoreException problem)
            {
                await PauseAsync(problem, stoppingToken);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The queues of asynchronous events cannot be read; trying again.")]
    private partial void LogNoAnswer(Exception problem);
}
