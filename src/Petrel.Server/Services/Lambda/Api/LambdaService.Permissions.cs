using Petrel.Aws.Lambda;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Api;

internal sealed partial class LambdaService
{
    public Task<AddPermissionResult> AddPermission(AddPermissionRequest request, CallContext call) =>
        apis.Permissions.AddAsync(request, call);

    public Task RemovePermission(RemovePermissionRequest request, CallContext call) => apis.Permissions.RemoveAsync(request, call);

    public Task<GetPolicyResult> GetPolicy(GetPolicyRequest request, CallContext call) => apis.Permissions.GetAsync(request, call);
}
