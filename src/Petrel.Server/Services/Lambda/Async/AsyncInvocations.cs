using Petrel.Server.Services.Lambda.Resolution;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Async;

/// <summary>Accepts asynchronous events.</summary>
internal sealed class AsyncInvocations
{
    public Task EnqueueAsync(ResolvedFunction target, ReadOnlyMemory<byte> payload, CallContext call) =>
        throw CommonException.NotImplemented("lambda", $"Invoke with InvocationType Event ({target.InvokedArn}, {payload.Length} bytes, {call.Region})");
}
