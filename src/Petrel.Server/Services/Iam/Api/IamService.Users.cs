using Petrel.Aws.Iam;
using Petrel.Server.Security;
using Petrel.Server.Services.Iam.Model;
using Petrel.Server.Services.Iam.Store;
using Petrel.Wire;

namespace Petrel.Server.Services.Iam.Api;

/// <content>Users.</content>
internal sealed partial class IamService
{
    public async Task<CreateUserResult> CreateUser(CreateUserRequest request, CallContext call)
    {
        IamRules.CheckName(request.UserName, "userName");
        var user = new UserState
        {
            Id = AccessKeyIds.NewUniqueId("AIDA", ids),
            Name = request.UserName,
            Path = IamRules.Path(request.Path),
            CreatedAt = Now(),
            Tags = IamRules.Tags([], request.Tags),
        };
        var created = await WriteAsync(
            async tx =>
            {
                await RequireFreeAsync(tx, call.Account, user.Name);
                var bounded = request.PermissionsBoundary is { } arn ? await BoundAsync(tx, call.Account, user, arn) : user;
                IamStore.Put(tx, call.Account, bounded);
                return bounded;
            },
            call);
        return new CreateUserResult(Describe(created, call.Account, withTags: true));
    }

    public async Task<GetUserResult> GetUser(GetUserRequest request, CallContext call)
    {
        if (request.UserName is null && call.Caller.Kind == PrincipalKind.Root)
        {
            var root = call.Caller;
            return new GetUserResult(new User("/", "root", root.PrincipalId, root.Arn, DateTimeOffset.UnixEpoch));
        }

        var user = await ReadAsync<UserState>(NameOrCaller(request.UserName, call), call);
        return new GetUserResult(Describe(user, call.Account, withTags: true));
    }

    public Task UpdateUser(UpdateUserRequest request, CallContext call) => WriteAsync(
        async tx =>
        {
            var user = await GetAsync<UserState>(tx, call.Account, request.UserName);
            var changed = user with { Name = request.NewUserName ?? user.Name, Path = request.NewPath is { } path ? IamRules.Path(path) : user.Path };
            IamRules.CheckName(changed.Name, "newUserName");
            if (IamStore.Fold(changed.Name) != IamStore.Fold(user.Name))
            {
                await RequireFreeAsync(tx, call.Account, changed.Name);
                IamStore.Delete(tx, call.Account, user);
            }

            foreach (var id in user.AccessKeyIds)
            {
                IamStore.Put(tx, (await IamStore.FindAccessKeyAsync(tx, id))! with { UserName = changed.Name });
            }

            IamStore.Put(tx, call.Account, changed);
            return changed;
        },
        call);

    public Task DeleteUser(DeleteUserRequest request, CallContext call) => WriteAsync(
        async tx =>
        {
            var user = await GetAsync<UserState>(tx, call.Account, request.UserName);
            if (user.AccessKeyIds.Count > 0)
            {
                throw IamException.DeleteConflict("Cannot delete entity, must delete access keys first.");
            }

            RequireBare(user);
            await BoundAsync(tx, call.Account, user, null);
            IamStore.Delete(tx, call.Account, user);
            return user;
        },
        call);

    public async Task<ListUsersResult> ListUsers(ListUsersRequest request, CallContext call)
    {
        var (users, next) = await ListAsync(
            (tx, after) => IamStore.ListUsersAsync(tx, call.Account, after, ScanPage),
            user => request.PathPrefix is null || user.Path.StartsWith(request.PathPrefix, StringComparison.Ordinal),
            user => user.Name,
            (request.Marker, request.MaxItems),
            call);
        return new ListUsersResult([.. users.Select(u => Describe(u, call.Account, withTags: false))], next is not null, next);
    }

    public Task TagUser(TagUserRequest request, CallContext call) =>
        ChangeAsync<UserState>(request.UserName, call, user => user with { Tags = IamRules.Tags(user.Tags, request.Tags) });

    public Task UntagUser(UntagUserRequest request, CallContext call) =>
        ChangeAsync<UserState>(request.UserName, call, user => user with { Tags = Without(user.Tags, request.TagKeys) });

    public async Task<ListTagsResult> ListUserTags(ListUserTagsRequest request, CallContext call) =>
        PageTags((await ReadAsync<UserState>(request.UserName, call)).Tags, request.Marker, request.MaxItems);

    public async Task<ListGroupsForUserResult> ListGroupsForUser(ListGroupsForUserRequest request, CallContext call)
    {
        await ReadAsync<UserState>(request.UserName, call);
        return new ListGroupsForUserResult([]);
    }

    private static async ValueTask RequireFreeAsync(Petrel.Storage.IReadTransaction tx, string account, string name)
    {
        if (await IamStore.FindUserAsync(tx, account, name) is not null)
        {
            throw IamException.EntityAlreadyExists($"User with name {name} already exists.");
        }
    }

    /// <summary>Operations on users mean the caller when no name is given.</summary>
    private static string NameOrCaller(string? name, CallContext call) => name ?? (call.Caller.Kind == PrincipalKind.User
        ? call.Caller.Arn[(call.Caller.Arn.LastIndexOf('/') + 1)..]
        : throw IamException.ValidationError("Must specify userName when calling with non-User credentials"));

    private static User Describe(UserState user, string account, bool withTags) => new(
        user.Path,
        user.Name,
        user.Id,
        user.Arn(account),
        user.CreatedAt,
        BoundaryOf(user),
        withTags && user.Tags.Count > 0 ? TagsOf(user.Tags) : null);
}
