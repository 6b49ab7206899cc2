using Petrel.Wire;

namespace Petrel.Aws.Iam;

public partial interface IIam
{
    /// <exception cref="IamException">EntityAlreadyExists, NoSuchEntity (the boundary), ValidationError.</exception>
    [Access("user{Path}{UserName}")]
    Task<CreateUserResult> CreateUser(CreateUserRequest request, CallContext call);

    /// <summary>Without a name, the caller.</summary>
    [Access("user/{UserName}")]
    Task<GetUserResult> GetUser(GetUserRequest request, CallContext call);

    [Access("user/{UserName}")]
    Task UpdateUser(UpdateUserRequest request, CallContext call);

    /// <exception cref="IamException">DeleteConflict while keys or policies are on it.</exception>
    [Access("user/{UserName}")]
    Task DeleteUser(DeleteUserRequest request, CallContext call);

    [Access("user/")]
    Task<ListUsersResult> ListUsers(ListUsersRequest request, CallContext call);

    [Access("user/{UserName}")]
    Task PutUserPermissionsBoundary(PutUserPermissionsBoundaryRequest request, CallContext call);

    [Access("user/{UserName}")]
    Task DeleteUserPermissionsBoundary(DeleteUserPermissionsBoundaryRequest request, CallContext call);

    [Access("user/{UserName}")]
    Task TagUser(TagUserRequest request, CallContext call);

    [Access("user/{UserName}")]
    Task UntagUser(UntagUserRequest request, CallContext call);

    [Access("user/{UserName}")]
    Task<ListTagsResult> ListUserTags(ListUserTagsRequest request, CallContext call);

    /// <summary>None: there are no groups. Tools ask before they delete a user.</summary>
    [Access("user/{UserName}")]
    Task<ListGroupsForUserResult> ListGroupsForUser(ListGroupsForUserRequest request, CallContext call);
}

public sealed record User(
    string Path,
    string UserName,
    string UserId,
    string Arn,
    DateTimeOffset CreateDate,
    AttachedPermissionsBoundary? PermissionsBoundary = null,
    IReadOnlyList<Tag>? Tags = null);

public sealed record CreateUserRequest(
    [Length(1, 64)] string UserName,
    [Length(1, 512)] string? Path = null,
    [Length(20, 2_048)] string? PermissionsBoundary = null,
    [Length(0, 50)] IReadOnlyList<Tag>? Tags = null);

public sealed record CreateUserResult(User User);

public sealed record GetUserRequest([Length(1, 128)] string? UserName = null);

public sealed record GetUserResult(User User);

public sealed record UpdateUserRequest(
    [Length(1, 128)] string UserName,
    [Length(1, 512)] string? NewPath = null,
    [Length(1, 64)] string? NewUserName = null);

public sealed record DeleteUserRequest([Length(1, 128)] string UserName);

public sealed record ListUsersRequest(
    [Length(1, 512)] string? PathPrefix = null,
    [Length(1, 320)] string? Marker = null,
    [Range(1, 1_000)] int? MaxItems = null);

public sealed record ListUsersResult(IReadOnlyList<User> Users, bool IsTruncated = false, string? Marker = null);

public sealed record PutUserPermissionsBoundaryRequest([Length(1, 128)] string UserName, [Length(20, 2_048)] string PermissionsBoundary);

public sealed record DeleteUserPermissionsBoundaryRequest([Length(1, 128)] string UserName);

public sealed record TagUserRequest([Length(1, 128)] string UserName, [Length(0, 50)] IReadOnlyList<Tag> Tags);

public sealed record UntagUserRequest([Length(1, 128)] string UserName, [Length(0, 50)] IReadOnlyList<string> TagKeys);

public sealed record ListUserTagsRequest(
    [Length(1, 128)] string UserName,
    [Length(1, 320)] string? Marker = null,
    [Range(1, 1_000)] int? MaxItems = null);

public sealed record ListGroupsForUserRequest(
    [Length(1, 128)] string UserName,
    [Length(1, 320)] string? Marker = null,
    [Range(1, 1_000)] int? MaxItems = null);

public sealed record ListGroupsForUserResult(IReadOnlyList<PolicyGroup> Groups, bool IsTruncated = false);
