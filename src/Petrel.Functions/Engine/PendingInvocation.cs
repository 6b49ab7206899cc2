using Petrel.Functions.Pools;

namespace Petrel.Functions.Engine;

/// <summary>An invocation that waits for an instance.</summary>
internal sealed class PendingInvocation : Ticket
{
    private readonly TaskCompletionSource<Slot> _slot = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PendingInvocation(FunctionSpec spec, TimeSpan since) => (Spec, Since) = (spec, since);

    public FunctionSpec Spec { get; }

    public Task<Slot> Task => _slot.Task;

    public void SetResult(Slot slot) => _slot.SetResult(slot);

    public void SetException(Exception e) => _slot.SetException(e);
}
