using Petrel.Wire;

namespace Petrel.Aws.Logs;

public partial interface ILogs
{
    [Access("{resourceArn}")]
    Task TagResource(TagResourceRequest request, CallContext call);

    [Access("{resourceArn}")]
    Task UntagResource(UntagResourceRequest request, CallContext call);

    [Access("{resourceArn}")]
    Task<ListTagsForResourceResult> ListTagsForResource(ListTagsForResourceRequest request, CallContext call);

    [Access("log-group:{logGroupName}")]
    Task TagLogGroup(TagLogGroupRequest request, CallContext call);

    [Access("log-group:{logGroupName}")]
    Task UntagLogGroup(UntagLogGroupRequest request, CallContext call);

    [Access("log-group:{logGroupName}")]
    Task<ListTagsLogGroupResult> ListTagsLogGroup(ListTagsLogGroupRequest request, CallContext call);
}

public sealed record TagResourceRequest(
    [Length(1, 1_011), Pattern(LogPatterns.Arn)] string ResourceArn,
    [Length(1, 50)] IReadOnlyDictionary<string, string> Tags);

public sealed record UntagResourceRequest(
    [Length(1, 1_011), Pattern(LogPatterns.Arn)] string ResourceArn,
    [Length(0, 50)] IReadOnlyList<string> TagKeys);

public sealed record ListTagsForResourceRequest([Length(1, 1_011), Pattern(LogPatterns.Arn)] string ResourceArn);

public sealed record ListTagsForResourceResult(IReadOnlyDictionary<string, string> Tags);

public sealed record TagLogGroupRequest(
    [Length(1, 512), Pattern(LogPatterns.Group)] string LogGroupName,
    [Length(1, 50)] IReadOnlyDictionary<string, string> Tags);

public sealed record UntagLogGroupRequest(
    [Length(1, 512), Pattern(LogPatterns.Group)] string LogGroupName,
    [Length(1)] IReadOnlyList<string> Tags);

public sealed record ListTagsLogGroupRequest([Length(1, 512), Pattern(LogPatterns.Group)] string LogGroupName);

public sealed record ListTagsLogGroupResult(IReadOnlyDictionary<string, string> Tags);
