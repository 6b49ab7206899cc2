using Petrel.Aws.Lambda;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Invocation;

/// <summary>The operations that run functions.</summary>
internal sealed class InvocationApi
{
    public Task<InvokeResult> InvokeAsync(InvokeRequest request, CallContext call) =>
        throw CommonException.NotImplemented("lambda", "Invoke");

    public Task<InvokeWithResponseStreamResult> StreamAsync(InvokeWithResponseStreamRequest request, CallContext call) =>
        throw CommonException.NotImplemented("lambda", "InvokeWithResponseStream");

    public Task<InvokeAsyncResult> EnqueueAsync(InvokeAsyncRequest request, CallContext call) =>
        throw CommonException.NotImplemented("lambda", "InvokeAsync");
}
