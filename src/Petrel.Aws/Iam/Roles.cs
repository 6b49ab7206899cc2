using Petrel.Wire;

namespace Petrel.Aws.Iam;

public partial interface IIam
{
    /// <exception cref="IamException">EntityAlreadyExists, MalformedPolicyDocument, NoSuchEntity (the boundary), ValidationError.</exception>
    [Access("role{Path}{RoleName}")]
    Task<CreateRoleResult> CreateRole(CreateRoleRequest request, CallContext call);

    [Access("role/{RoleName}")]
    Task<GetRoleResult> GetRole(GetRoleRequest request, CallContext call);

    [Access("role/{RoleName}")]
    Task<UpdateRoleResult> UpdateRole(UpdateRoleRequest request, CallContext call);

    [Access("role/{RoleName}")]
    Task<UpdateRoleDescriptionResult> UpdateRoleDescription(UpdateRoleDescriptionRequest request, CallContext call);

    /// <exception cref="IamException">DeleteConflict while policies are on it.</exception>
    [Access("role/{RoleName}")]
    Task DeleteRole(DeleteRoleRequest request, CallContext call);

    [Access("role/")]
    Task<ListRolesResult> ListRoles(ListRolesRequest request, CallContext call);

    [Access("role/{RoleName}")]
    Task UpdateAssumeRolePolicy(UpdateAssumeRolePolicyRequest request, CallContext call);

    [Access("role/{RoleName}")]
    Task PutRolePermissionsBoundary(PutRolePermissionsBoundaryRequest request, CallContext call);

    [Access("role/{RoleName}")]
    Task DeleteRolePermissionsBoundary(DeleteRolePermissionsBoundaryRequest request, CallContext call);

    [Access("role/{RoleName}")]
    Task TagRole(TagRoleRequest request, CallContext call);

    [Access("role/{RoleName}")]
    Task UntagRole(UntagRoleRequest request, CallContext call);

    [Access("role/{RoleName}")]
    Task<ListTagsResult> ListRoleTags(ListRoleTagsRequest request, CallContext call);

    /// <summary>None: there are no instance profiles. Tools ask before they delete a role.</summary>
    [Access("role/{RoleName}")]
    Task<ListInstanceProfilesForRoleResult> ListInstanceProfilesForRole(ListInstanceProfilesForRoleRequest request, CallContext call);
}

public sealed record Role(
    string Path,
    string RoleName,
    string RoleId,
    string Arn,
    DateTimeOffset CreateDate,
    string? AssumeRolePolicyDocument = null,
    string? Description = null,
    int? MaxSessionDuration = null,
    AttachedPermissionsBoundary? PermissionsBoundary = null,
    IReadOnlyList<Tag>? Tags = null,
    RoleLastUsed? RoleLastUsed = null);

/// <summary>Empty: the use of roles is not recorded.</summary>
public sealed record RoleLastUsed;

public sealed record CreateRoleRequest(
    [Length(1, 64)] string RoleName,
    [Length(1, 131_072)] string AssumeRolePolicyDocument,
    [Length(1, 512)] string? Path = null,
    [Length(0, 1_000)] string? Description = null,
    [Range(3_600, 43_200)] int? MaxSessionDuration = null,
    [Length(20, 2_048)] string? PermissionsBoundary = null,
    [Length(0, 50)] IReadOnlyList<Tag>? Tags = null);

public sealed record CreateRoleResult(Role Role);

public sealed record GetRoleRequest([Length(1, 64)] string RoleName);

public sealed record GetRoleResult(Role Role);

public sealed record UpdateRoleRequest(
    [Length(1, 64)] string RoleName,
    [Length(0, 1_000)] string? Description = null,
    [Range(3_600, 43_200)] int? MaxSessionDuration = null);

public sealed record UpdateRoleResult;

public sealed record UpdateRoleDescriptionRequest([Length(1, 64)] string RoleName, [Length(0, 1_000)] string Description);

public sealed record UpdateRoleDescriptionResult(Role Role);

public sealed record DeleteRoleRequest([Length(1, 64)] string RoleName);

public sealed record ListRolesRequest(
    [Length(1, 512)] string? PathPrefix = null,
    [Length(1, 320)] string? Marker = null,
    [Range(1, 1_000)] int? MaxItems = null);

public sealed record ListRolesResult(IReadOnlyList<Role> Roles, bool IsTruncated = false, string? Marker = null);

public sealed record UpdateAssumeRolePolicyRequest([Length(1, 64)] string RoleName, [Length(1, 131_072)] string PolicyDocument);

public sealed record PutRolePermissionsBoundaryRequest([Length(1, 64)] string RoleName, [Length(20, 2_048)] string PermissionsBoundary);

public sealed record DeleteRolePermissionsBoundaryRequest([Length(1, 64)] string RoleName);

public sealed record TagRoleRequest([Length(1, 64)] string RoleName, [Length(0, 50)] IReadOnlyList<Tag> Tags);

public sealed record UntagRoleRequest([Length(1, 64)] string RoleName, [Length(0, 50)] IReadOnlyList<string> TagKeys);

public sealed record ListRoleTagsRequest(
    [Length(1, 64)] string RoleName,
    [Length(1, 320)] string? Marker = null,
    [Range(1, 1_000)] int? MaxItems = null);

public sealed record ListInstanceProfilesForRoleRequest(
    [Length(1, 64)] string RoleName,
    [Length(1, 320)] string? Marker = null,
    [Range(1, 1_000)] int? MaxItems = null);

public sealed record ListInstanceProfilesForRoleResult(IReadOnlyList<InstanceProfile> InstanceProfiles, bool IsTruncated = false);

public sealed record InstanceProfile(string InstanceProfileName, string InstanceProfileId, string Arn);
