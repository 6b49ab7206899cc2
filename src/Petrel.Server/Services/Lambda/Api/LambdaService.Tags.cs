using Petrel.Aws.Lambda;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Api;

internal sealed partial class LambdaService
{
    public Task TagResource(TagResourceRequest request, CallContext call) => apis.Tags.TagAsync(request, call);

    public Task UntagResource(UntagResourceRequest request, CallContext call) => apis.Tags.UntagAsync(request, call);

    public Task<ListTagsResult> ListTags(ListTagsRequest request, CallContext call) => apis.Tags.ListAsync(request, call);
}
