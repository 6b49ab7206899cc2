using Petrel.Functions.Pools;

namespace Petrel.Functions.Engine;

/// <summary>An invocation that waits for an instance.</summary>
internal sealed class PendingInvocation : Ticket
{
    private readonly TaskCompletionSource<Slot> _slot = new();

    public PendingInvocation(FunctionSpec spec, TimeSpan since) => (Spec, Since) = (spec, since);

    public FunctionSpec Spec { get; }

    public Task<Slot> Task => _slot.Task;

    /// <param name="goOn">Whether the invocation goes on on this thread, which saves a wake-up; else on one of the pool's.</param>
    public void SetResult(Slot slot, bool goOn = false)
    {
        if (goOn)
        {
            _slot.SetResult(slot);
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(static pending => pending.Waiting._slot.SetResult(pending.Slot), (Waiting: this, Slot: slot), preferLocal: true);
        }
    }

    public void SetException(Exception e) =>
        ThreadPool.UnsafeQueueUserWorkItem(static pending => pending.Waiting._slot.SetException(pending.Failure), (Waiting: this, Failure: e), preferLocal: true);
}
