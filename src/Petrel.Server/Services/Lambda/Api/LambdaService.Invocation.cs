using Petrel.Aws.Lambda;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Api;

internal sealed partial class LambdaService
{
    public Task<InvokeResult> Invoke(InvokeRequest request, CallContext call) => apis.Invocation.InvokeAsync(request, call);

    public Task<InvokeWithResponseStreamResult> InvokeWithResponseStream(InvokeWithResponseStreamRequest request, CallContext call) =>
        apis.Invocation.StreamAsync(request, call);

    public Task<InvokeAsyncResult> InvokeAsync(InvokeAsyncRequest request, CallContext call) => apis.Invocation.EnqueueAsync(request, call);
}
