using Petrel.Aws.Lambda;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Api;

internal sealed partial class LambdaService
{
    public async Task<FunctionConfiguration> CreateFunction(CreateFunctionRequest request, CallContext call)
    {
        var code = request.Code;
        var package = await apis.Sources.FetchAsync(code.ZipFile, code.S3Bucket, code.S3Key, code.S3ObjectVersion, call);
        return await apis.Writes.CreateAsync(request with { Code = code with { ZipFile = package } }, call);
    }

    public Task<GetFunctionResult> GetFunction(GetFunctionRequest request, CallContext call) => apis.Reads.GetAsync(request, call);

    public Task<FunctionConfiguration> GetFunctionConfiguration(GetFunctionConfigurationRequest request, CallContext call) =>
        apis.Reads.GetConfigurationAsync(request, call);

    public async Task<FunctionConfiguration> UpdateFunctionCode(UpdateFunctionCodeRequest request, CallContext call)
    {
        var package = await apis.Sources.FetchAsync(request.ZipFile, request.S3Bucket, request.S3Key, request.S3ObjectVersion, call);
        return await apis.Writes.UpdateCodeAsync(request with { ZipFile = package }, call);
    }

    public Task<FunctionConfiguration> UpdateFunctionConfiguration(UpdateFunctionConfigurationRequest request, CallContext call) =>
        apis.Writes.UpdateConfigurationAsync(request, call);

    public Task<ListFunctionsResult> ListFunctions(ListFunctionsRequest request, CallContext call) => apis.Reads.ListAsync(request, call);

    public Task DeleteFunction(DeleteFunctionRequest request, CallContext call) => apis.Removal.DeleteAsync(request, call);
}
