using Petrel.Wire;

namespace Petrel.Aws.Lambda;

public partial interface ILambda
{
    [Http("POST", "/2017-03-31/tags/{Resource}", Status = 204), Access("{Resource}")]
    Task TagResource(TagResourceRequest request, CallContext call);

    [Http("DELETE", "/2017-03-31/tags/{Resource}", Status = 204), Access("{Resource}")]
    Task UntagResource(UntagResourceRequest request, CallContext call);

    [Http("GET", "/2017-03-31/tags/{Resource}"), Access("{Resource}")]
    Task<ListTagsResult> ListTags(ListTagsRequest request, CallContext call);
}

public sealed record TagResourceRequest(
    [Length(1, 256), Pattern(LambdaPatterns.TaggableResource)] string Resource,
    Dictionary<string, string> Tags);

public sealed record UntagResourceRequest(
    [Length(1, 256), Pattern(LambdaPatterns.TaggableResource)] string Resource,
    [FromQuery("tagKeys")] List<string> TagKeys);

public sealed record ListTagsRequest([Length(1, 256), Pattern(LambdaPatterns.TaggableResource)] string Resource);

public sealed record ListTagsResult(Dictionary<string, string> Tags);
