using Petrel.Aws.Lambda;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Api;

internal sealed partial class LambdaService
{
    public async Task<LayerVersion> PublishLayerVersion(PublishLayerVersionRequest request, CallContext call)
    {
        var content = request.Content;
        var package = await apis.Sources.FetchAsync(content.ZipFile, content.S3Bucket, content.S3Key, content.S3ObjectVersion, call);
        return await apis.Layers.PublishAsync(request with { Content = content with { ZipFile = package } }, call);
    }

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
