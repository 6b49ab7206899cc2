using Petrel.Aws.Lambda;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Api;

internal sealed partial class LambdaService
{
    public Task<GetFunctionCodeSigningConfigResult> GetFunctionCodeSigningConfig(GetFunctionCodeSigningConfigRequest request, CallContext call) =>
        apis.Settings.GetCodeSigningAsync(request, call);

    public Task<RuntimeManagementConfig> PutRuntimeManagementConfig(PutRuntimeManagementConfigRequest request, CallContext call) =>
        apis.Settings.PutRuntimeAsync(request, call);

    public Task<RuntimeManagementConfig> GetRuntimeManagementConfig(GetRuntimeManagementConfigRequest request, CallContext call) =>
        apis.Settings.GetRuntimeAsync(request, call);

    public Task<RecursionConfig> PutFunctionRecursionConfig(PutFunctionRecursionConfigRequest request, CallContext call) =>
        apis.Settings.PutRecursionAsync(request, call);

    public Task<RecursionConfig> GetFunctionRecursionConfig(GetFunctionRecursionConfigRequest request, CallContext call) =>
        apis.Settings.GetRecursionAsync(request, call);

    public Task<GetAccountSettingsResult> GetAccountSettings(GetAccountSettingsRequest request, CallContext call) =>
        apis.Account.GetAsync(call);
}
