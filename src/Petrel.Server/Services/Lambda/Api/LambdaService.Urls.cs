using Petrel.Aws.Lambda;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Api;

internal sealed partial class LambdaService
{
    public Task<CreateFunctionUrlConfigResult> CreateFunctionUrlConfig(CreateFunctionUrlConfigRequest request, CallContext call) =>
        apis.Urls.CreateAsync(request, call);

    public Task<FunctionUrlConfig> GetFunctionUrlConfig(GetFunctionUrlConfigRequest request, CallContext call) =>
        apis.Urls.GetAsync(request, call);

    public Task<FunctionUrlConfig> UpdateFunctionUrlConfig(UpdateFunctionUrlConfigRequest request, CallContext call) =>
        apis.Urls.UpdateAsync(request, call);

    public Task DeleteFunctionUrlConfig(DeleteFunctionUrlConfigRequest request, CallContext call) => apis.Urls.DeleteAsync(request, call);

    public Task<ListFunctionUrlConfigsResult> ListFunctionUrlConfigs(ListFunctionUrlConfigsRequest request, CallContext call) =>
        apis.Urls.ListAsync(request, call);
}
