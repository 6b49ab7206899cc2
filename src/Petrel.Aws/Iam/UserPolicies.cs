using Petrel.Wire;

namespace Petrel.Aws.Iam;

public partial interface IIam
{
    /// <exception cref="IamException">MalformedPolicyDocument, LimitExceeded (2,048 characters of all inline policies).</exception>
    [Access("user/{UserName}")]
    Task PutUserPolicy(PutUserPolicyRequest request, CallContext call);

    [Access("user/{UserName}")]
    Task<GetUserPolicyResult> GetUserPolicy(GetUserPolicyRequest request, CallContext call);

    [Access("user/{UserName}")]
    Task DeleteUserPolicy(DeleteUserPolicyRequest request, CallContext call);

    [Access("user/{UserName}")]
    Task<ListPolicyNamesResult> ListUserPolicies(ListUserPoliciesRequest request, CallContext call);

    [Access("user/{UserName}")]
    Task AttachUserPolicy(AttachUserPolicyRequest request, CallContext call);

    [Access("user/{UserName}")]
    Task DetachUserPolicy(DetachUserPolicyRequest request, CallContext call);

    [Access("user/{UserName}")]
    Task<ListAttachedPoliciesResult> ListAttachedUserPolicies(ListAttachedUserPoliciesRequest request, CallContext call);
}

public sealed record PutUserPolicyRequest(
    [Length(1, 128)] string UserName,
    [Length(1, 128)] string PolicyName,
    [Length(1, 131_072)] string PolicyDocument);

public sealed record GetUserPolicyRequest([Length(1, 128)] string UserName, [Length(1, 128)] string PolicyName);

public sealed record GetUserPolicyResult(string UserName, string PolicyName, string PolicyDocument);

public sealed record DeleteUserPolicyRequest([Length(1, 128)] string UserName, [Length(1, 128)] string PolicyName);

public sealed record ListUserPoliciesRequest(
    [Length(1, 128)] string UserName,
    [Length(1, 320)] string? Marker = null,
    [Range(1, 1_000)] int? MaxItems = null);

public sealed record AttachUserPolicyRequest([Length(1, 128)] string UserName, [Length(20, 2_048)] string PolicyArn);

public sealed record DetachUserPolicyRequest([Length(1, 128)] string UserName, [Length(20, 2_048)] string PolicyArn);

public sealed record ListAttachedUserPoliciesRequest(
    [Length(1, 128)] string UserName,
    [Length(1, 512)] string? PathPrefix = null,
    [Length(1, 320)] string? Marker = null,
    [Range(1, 1_000)] int? MaxItems = null);
