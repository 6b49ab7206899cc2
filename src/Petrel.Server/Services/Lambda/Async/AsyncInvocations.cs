using System.Diagnostics;
using Petrel.Aws.Lambda;
using Petrel.Server.Services.Lambda.Invocation;
using Petrel.Server.Services.Lambda.Resolution;
using Petrel.Server.Settings;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Async;

/// <summary>Accepts asynchronous events: an accepted one is on disk, and runs, whatever happens to the daemon.</summary>
internal sealed class AsyncInvocations(AsyncQueues queues, AsyncPollers pollers, PetrelOptions options, IIdSource ids, TimeProvider time)
{
    /// <summary>A full queue takes a while to shrink.</summary>
    private const int RetryAfterSeconds = 10;

    /// <exception cref="TooManyRequestsException">Too many events wait for the function.</exception>
    public async Task EnqueueAsync(ResolvedFunction target, ReadOnlyMemory<byte> payload, CallContext call)
    {
        var (function, now, most) = (target.Function, time.GetUtcNow(), options.Functions.AsyncQueueLength);
        if (await queues.GetLengthAsync(function.Id, call.Aborted) >= most)
        {
            throw new TooManyRequestsException($"Rate Exceeded. {most} events wait for the function.", "CallerRateLimitExceeded", RetryAfterSeconds);
        }

        var head = new AsyncEventHead(
            call.RequestId,
            function.Key.Account,
            function.Key.Region,
            function.Key.Name,
            target.Qualifier,
            TraceIds.Create(target.Version, ids, now),
            now,
            Origin: Activity.Current is { Recorded: true, Id: { } span } ? span : null);
        await queues.EnqueueAsync(function.Id, function.Key, new AsyncEvent(head, payload), call.Aborted);
        AsyncMetrics.Accepted.Add(1);
        pollers.Ensure(function.Id);
    }
}
