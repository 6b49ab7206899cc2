using Petrel.Wire;

namespace Petrel.Aws.Iam;

public partial interface IIam
{
    /// <exception cref="IamException">EntityAlreadyExists, MalformedPolicyDocument, LimitExceeded (6,144 characters).</exception>
    [Access("policy{Path}{PolicyName}")]
    Task<CreatePolicyResult> CreatePolicy(CreatePolicyRequest request, CallContext call);

    [Access("{PolicyArn}")]
    Task<GetPolicyResult> GetPolicy(GetPolicyRequest request, CallContext call);

    /// <exception cref="IamException">DeleteConflict while it is attached or has other versions.</exception>
    [Access("{PolicyArn}")]
    Task DeletePolicy(DeletePolicyRequest request, CallContext call);

    /// <summary>The account's policies, those that AWS manages, or both.</summary>
    [Access("policy/")]
    Task<ListPoliciesResult> ListPolicies(ListPoliciesRequest request, CallContext call);

    /// <summary>The roles and users on which a policy is.</summary>
    [Access("{PolicyArn}")]
    Task<ListEntitiesForPolicyResult> ListEntitiesForPolicy(ListEntitiesForPolicyRequest request, CallContext call);

    [Access("{PolicyArn}")]
    Task TagPolicy(TagPolicyRequest request, CallContext call);

    [Access("{PolicyArn}")]
    Task UntagPolicy(UntagPolicyRequest request, CallContext call);

    [Access("{PolicyArn}")]
    Task<ListTagsResult> ListPolicyTags(ListPolicyTagsRequest request, CallContext call);
}

public sealed record ManagedPolicy(
    string PolicyName,
    string PolicyId,
    string Arn,
    string Path,
    string DefaultVersionId,
    int AttachmentCount,
    int PermissionsBoundaryUsageCount,
    bool IsAttachable,
    DateTimeOffset CreateDate,
    DateTimeOffset UpdateDate,
    string? Description = null,
    IReadOnlyList<Tag>? Tags = null);

public sealed record CreatePolicyRequest(
    [Length(1, 128)] string PolicyName,
    [Length(1, 131_072)] string PolicyDocument,
    [Length(1, 512)] string? Path = null,
    [Length(0, 1_000)] string? Description = null,
    [Length(0, 50)] IReadOnlyList<Tag>? Tags = null);

public sealed record CreatePolicyResult(ManagedPolicy Policy);

public sealed record GetPolicyRequest([Length(20, 2_048)] string PolicyArn);

public sealed record GetPolicyResult(ManagedPolicy Policy);

public sealed record DeletePolicyRequest([Length(20, 2_048)] string PolicyArn);

public sealed record ListPoliciesRequest(
    [OneOf("All", "AWS", "Local")] string? Scope = null,
    bool OnlyAttached = false,
    [Length(1, 512)] string? PathPrefix = null,
    [OneOf("PermissionsPolicy", "PermissionsBoundary")] string? PolicyUsageFilter = null,
    [Length(1, 320)] string? Marker = null,
    [Range(1, 1_000)] int? MaxItems = null);

public sealed record ListPoliciesResult(IReadOnlyList<ManagedPolicy> Policies, bool IsTruncated = false, string? Marker = null);

public sealed record ListEntitiesForPolicyRequest(
    [Length(20, 2_048)] string PolicyArn,
    [OneOf("User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy")] string? EntityFilter = null,
    [Length(1, 512)] string? PathPrefix = null,
    [OneOf("PermissionsPolicy", "PermissionsBoundary")] string? PolicyUsageFilter = null,
    [Length(1, 320)] string? Marker = null,
    [Range(1, 1_000)] int? MaxItems = null);

public sealed record ListEntitiesForPolicyResult(
    IReadOnlyList<PolicyGroup> PolicyGroups,
    IReadOnlyList<PolicyUser> PolicyUsers,
    IReadOnlyList<PolicyRole> PolicyRoles,
    bool IsTruncated = false,
    string? Marker = null);

public sealed record PolicyGroup(string GroupName, string GroupId);

public sealed record PolicyUser(string UserName, string UserId);

public sealed record PolicyRole(string RoleName, string RoleId);

public sealed record TagPolicyRequest([Length(20, 2_048)] string PolicyArn, [Length(0, 50)] IReadOnlyList<Tag> Tags);

public sealed record UntagPolicyRequest([Length(20, 2_048)] string PolicyArn, [Length(0, 50)] IReadOnlyList<string> TagKeys);

public sealed record ListPolicyTagsRequest(
    [Length(20, 2_048)] string PolicyArn,
    [Length(1, 320)] string? Marker = null,
    [Range(1, 1_000)] int? MaxItems = null);
