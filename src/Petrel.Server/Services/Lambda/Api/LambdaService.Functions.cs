using Petrel.Aws.Lambda;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Api;

internal sealed partial class LambdaService
{
    public Task<FunctionConfiguration> CreateFunction(CreateFunctionRequest request, CallContext call) =>
        apis.Writes.CreateAsync(request, call);

    public Task<GetFunctionResult> GetFunction(GetFunctionRequest request, CallContext call) => apis.Reads.GetAsync(request, call);

    public Task<FunctionConfiguration> GetFunctionConfiguration(GetFunctionConfigurationRequest request, CallContext call) =>
        apis.Reads.GetConfigurationAsync(request, call);

    public Task<FunctionConfiguration> UpdateFunctionCode(UpdateFunctionCodeRequest request, CallContext call) =>
        apis.Writes.UpdateCodeAsync(request, call);

    public Task<FunctionConfiguration> UpdateFunctionConfiguration(UpdateFunctionConfigurationRequest request, CallContext call) =>
        apis.Writes.UpdateConfigurationAsync(request, call);

    public Task<ListFunctionsResult> ListFunctions(ListFunctionsRequest request, CallContext call) => apis.Reads.ListAsync(request, call);

    public Task DeleteFunction(DeleteFunctionRequest request, CallContext call) => apis.Removal.DeleteAsync(request, call);
}
