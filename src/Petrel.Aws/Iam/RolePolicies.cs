using Petrel.Wire;

namespace Petrel.Aws.Iam;

public partial interface IIam
{
    /// <exception cref="IamException">MalformedPolicyDocument, LimitExceeded (10,240 characters of all inline policies).</exception>
    [Access("role/{RoleName}")]
    Task PutRolePolicy(PutRolePolicyRequest request, CallContext call);

    [Access("role/{RoleName}")]
    Task<GetRolePolicyResult> GetRolePolicy(GetRolePolicyRequest request, CallContext call);

    [Access("role/{RoleName}")]
    Task DeleteRolePolicy(DeleteRolePolicyRequest request, CallContext call);

    [Access("role/{RoleName}")]
    Task<ListPolicyNamesResult> ListRolePolicies(ListRolePoliciesRequest request, CallContext call);

    [Access("role/{RoleName}")]
    Task AttachRolePolicy(AttachRolePolicyRequest request, CallContext call);

    [Access("role/{RoleName}")]
    Task DetachRolePolicy(DetachRolePolicyRequest request, CallContext call);

    [Access("role/{RoleName}")]
    Task<ListAttachedPoliciesResult> ListAttachedRolePolicies(ListAttachedRolePoliciesRequest request, CallContext call);
}

public sealed record PutRolePolicyRequest(
    [Length(1, 64)] string RoleName,
    [Length(1, 128)] string PolicyName,
    [Length(1, 131_072)] string PolicyDocument);

public sealed record GetRolePolicyRequest([Length(1, 64)] string RoleName, [Length(1, 128)] string PolicyName);

public sealed record GetRolePolicyResult(string RoleName, string PolicyName, string PolicyDocument);

public sealed record DeleteRolePolicyRequest([Length(1, 64)] string RoleName, [Length(1, 128)] string PolicyName);

public sealed record ListRolePoliciesRequest(
    [Length(1, 64)] string RoleName,
    [Length(1, 320)] string? Marker = null,
    [Range(1, 1_000)] int? MaxItems = null);

public sealed record AttachRolePolicyRequest([Length(1, 64)] string RoleName, [Length(20, 2_048)] string PolicyArn);

public sealed record DetachRolePolicyRequest([Length(1, 64)] string RoleName, [Length(20, 2_048)] string PolicyArn);

public sealed record ListAttachedRolePoliciesRequest(
    [Length(1, 64)] string RoleName,
    [Length(1, 512)] string? PathPrefix = null,
    [Length(1, 320)] string? Marker = null,
    [Range(1, 1_000)] int? MaxItems = null);
