using Petrel.Aws.Lambda;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Api;

internal sealed partial class LambdaService
{
    public Task<FunctionConfiguration> PublishVersion(PublishVersionRequest request, CallContext call) =>
        apis.Versions.PublishAsync(request, call);

    public Task<ListVersionsByFunctionResult> ListVersionsByFunction(ListVersionsByFunctionRequest request, CallContext call) =>
        apis.Versions.ListAsync(request, call);
}
