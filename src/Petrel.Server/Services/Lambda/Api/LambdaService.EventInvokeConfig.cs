using Petrel.Aws.Lambda;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Api;

internal sealed partial class LambdaService
{
    public Task<FunctionEventInvokeConfig> PutFunctionEventInvokeConfig(PutFunctionEventInvokeConfigRequest request, CallContext call) =>
        apis.EventInvoke.PutAsync(request, call);

    public Task<FunctionEventInvokeConfig> UpdateFunctionEventInvokeConfig(UpdateFunctionEventInvokeConfigRequest request, CallContext call) =>
        apis.EventInvoke.UpdateAsync(request, call);

    public Task<FunctionEventInvokeConfig> GetFunctionEventInvokeConfig(GetFunctionEventInvokeConfigRequest request, CallContext call) =>
        apis.EventInvoke.GetAsync(request, call);

    public Task DeleteFunctionEventInvokeConfig(DeleteFunctionEventInvokeConfigRequest request, CallContext call) =>
        apis.EventInvoke.DeleteAsync(request, call);

    public Task<ListFunctionEventInvokeConfigsResult> ListFunctionEventInvokeConfigs(ListFunctionEventInvokeConfigsRequest request, CallContext call) =>
        apis.EventInvoke.ListAsync(request, call);
}
