using Petrel.Storage;

namespace Petrel.Server.Services.Lambda.Async;

/// <summary>Takes the events of one function from its queue and runs them, as many at once as the function bears.</summary>
internal sealed class AsyncPoller(ulong functionId, AsyncQueues queues, AsyncRunner runner, AsyncPollers owner)
{
    /// <summary>Events of one receive; with their payloads they are up to 10 MB.</summary>
    private const int MaxBatch = 10;

    private readonly SemaphoreSlim _ended = new(0);
    private readonly RefusalLine _line = new();
    private AsyncConcurrency _concurrency = AsyncConcurrency.Start;
    private long _demand;
    private int _running;

    public ulong FunctionId => functionId;

    /// <summary>How many events came in since the poller was made.</summary>
    public long Demand => Volatile.Read(ref _demand);

    public Task Completion { get; private set; } = Task.CompletedTask;

    public void AddDemand() => Interlocked.Increment(ref _demand);

    public void Start(CancellationToken stopping) => Completion = Task.Run(() => RunAsync(stopping), CancellationToken.None);

    private async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            while (!await PollAsync(stopping))
            {
                CountEnded();
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The leases end by themselves; the events are received again after the next start.
        }

        for (; _running > 0; _running--)
        {
            await _ended.WaitAsync(CancellationToken.None);
        }
    }

    /// <summary>Takes one batch; true when the queue is empty and the poller has retired.</summary>
    private async Task<bool> PollAsync(CancellationToken stopping)
    {
        while (_running >= _concurrency.Limit)
        {
            await _ended.WaitAsync(stopping);
            _running--;
            CountEnded();
        }

        var demand = Demand;
        var asked = Math.Min(MaxBatch, _concurrency.Limit - _running);
        if (await ReceiveAsync(asked, stopping) is not { } leases)
        {
            return false;
        }

        _concurrency = _concurrency.AfterReceive(asked, leases.Count);
        foreach (var lease in leases)
        {
            _running++;
            _ = RunOneAsync(lease, stopping);
        }

        return leases.Count == 0 && _running == 0 && await IsEmptyAsync(stopping) && owner.TryRetire(this, demand);
    }

    private async Task<bool> IsEmptyAsync(CancellationToken stopping)
    {
        try
        {
            return await queues.GetLengthAsync(functionId, stopping) == 0;
        }
        catch (StoreException problem)
        {
            await owner.PauseAsync(problem, stopping);
            return false;
        }
    }

    /// <summary>Null when the store did not answer.</summary>
    private async Task<IReadOnlyList<WorkLease>?> ReceiveAsync(int max, CancellationToken stopping)
    {
        try
        {
            return await queues.ReceiveAsync(functionId, max, stopping);
        }
        catch (StoreException problem)
        {
            await owner.PauseAsync(problem, stopping);
            return null;
        }
    }

    private async Task RunOneAsync(WorkLease lease, CancellationToken stopping)
    {
        try
        {
            if (await runner.RunAsync(lease, _line, stopping) is { } next)
            {
                owner.Ensure(next.FunctionId);
            }
        }
        finally
        {
            _line.Pass();
            _ended.Release();
        }
    }

    private void CountEnded()
    {
        while (_ended.Wait(0))
        {
            _running--;
        }

        if (_line.TakeRefusals() > 0)
        {
            _concurrency = _concurrency.AfterRefusal();
        }
    }
}
