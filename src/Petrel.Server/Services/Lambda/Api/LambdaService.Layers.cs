using Petrel.Aws.Lambda;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Api;

internal sealed partial class LambdaService
{
    public Task<LayerVersion> PublishLayerVersion(PublishLayerVersionRequest request, CallContext call) =>
        apis.Layers.PublishAsync(request, call);

    public Task<LayerVersion> GetLayerVersion(GetLayerVersionRequest request, CallContext call) => apis.Layers.GetAsync(request, call);

    public Task<LayerVersion> GetLayerVersionByArn(GetLayerVersionByArnRequest request, CallContext call) =>
        apis.Layers.GetAsync(request, call);

    public Task<ListLayersResult> ListLayers(ListLayersRequest request, CallContext call) => apis.Layers.ListAsync(request, call);

    public Task<ListLayerVersionsResult> ListLayerVersions(ListLayerVersionsRequest request, CallContext call) =>
        apis.Layers.ListVersionsAsync(request, call);

    public Task DeleteLayerVersion(DeleteLayerVersionRequest request, CallContext call) => apis.Layers.DeleteAsync(request, call);

    public Task<AddLayerVersionPermissionResult> AddLayerVersionPermission(AddLayerVersionPermissionRequest request, CallContext call) =>
        apis.LayerPermissions.AddAsync(request, call);

    public Task RemoveLayerVersionPermission(RemoveLayerVersionPermissionRequest request, CallContext call) =>
        apis.LayerPermissions.RemoveAsync(request, call);

    public Task<GetLayerVersionPolicyResult> GetLayerVersionPolicy(GetLayerVersionPolicyRequest request, CallContext call) =>
        apis.LayerPermissions.GetAsync(request, call);
}
