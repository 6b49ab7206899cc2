using Petrel.Wire;

namespace Petrel.Aws.DynamoDb;

public partial interface IDynamoDb
{
    [Access("{ResourceArn}")]
    Task TagResource(TagResourceRequest request, CallContext call);

    [Access("{ResourceArn}")]
    Task UntagResource(UntagResourceRequest request, CallContext call);

    [Access("{ResourceArn}")]
    Task<ListTagsOfResourceResult> ListTagsOfResource(ListTagsOfResourceRequest request, CallContext call);
}

public sealed record TagResourceRequest([Length(1, 1283)] string ResourceArn, List<Tag> Tags);

public sealed record UntagResourceRequest([Length(1, 1283)] string ResourceArn, List<string> TagKeys);

public sealed record ListTagsOfResourceRequest([Length(1, 1283)] string ResourceArn, string? NextToken = null);

public sealed record ListTagsOfResourceResult(IReadOnlyList<Tag> Tags, string? NextToken = null);
