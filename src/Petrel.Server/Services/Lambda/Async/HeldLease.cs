using Petrel.Storage;

namespace Petrel.Server.Services.Lambda.Async;

/// <summary>The lease of an event that is being worked on, extended for as long as that takes.</summary>
internal sealed class HeldLease(AsyncQueues queues, WorkLease lease, TimeProvider time)
{
    public WorkLease Current { get; private set; } = lease;

    /// <summary>Completes when <paramref name="work"/> has ended, well or badly; the caller awaits it for its result.</summary>
    public async Task HoldAsync(Task work, CancellationToken stopping)
    {
        while (true)
        {
            await work.WaitAsync(AsyncQueues.Heartbeat, time, stopping)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            if (work.IsCompleted)
            {
                return;
            }

            stopping.ThrowIfCancellationRequested();

            // A lost lease means that the event runs elsewhere too; this run goes on, and its end will find nothing to complete.
            Current = await queues.ExtendAsync(Current) ?? Current;
        }
    }
}
