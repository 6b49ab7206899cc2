using Petrel.Server.Services.Lambda.Invocation;
using Petrel.Server.Services.Lambda.Resolution;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Async;

/// <summary>Accepts asynchronous events: an accepted one is on disk, and runs, whatever happens to the daemon.</summary>
internal sealed class AsyncInvocations(AsyncQueues queues, AsyncPollers pollers, IIdSource ids, TimeProvider time)
{
    public async Task EnqueueAsync(ResolvedFunction target, ReadOnlyMemory<byte> payload, CallContext call)
    {
        var (function, now) = (target.Function, time.GetUtcNow());
        var head = new AsyncEventHead(
            call.RequestId,
            function.Key.Account,
            function.Key.Region,
            function.Key.Name,
            target.Qualifier,
            TraceIds.Create(ids, now),
            now);
        await queues.EnqueueAsync(function.Id, function.Key, new AsyncEvent(head, payload), call.Aborted);
        AsyncMetrics.Accepted.Add(1);
        pollers.Ensure(function.Id);
    }
}
