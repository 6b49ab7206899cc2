using Petrel.Aws.Iam;
using Petrel.Server.Security;
using Petrel.Server.Services.Iam.Model;
using Petrel.Server.Services.Iam.Store;
using Petrel.Wire;

namespace Petrel.Server.Services.Iam.Api;

/// <content>Roles.</content>
internal sealed partial class IamService
{
    public async Task<CreateRoleResult> CreateRole(CreateRoleRequest request, CallContext call)
    {
        IamRules.CheckName(request.RoleName, "roleName");
        IamRules.CheckTrust(request.AssumeRolePolicyDocument);
        var role = new RoleState
        {
            Id = AccessKeyIds.NewUniqueId("AROA", ids),
            Name = request.RoleName,
            Path = IamRules.Path(request.Path),
            CreatedAt = Now(),
            TrustPolicy = request.AssumeRolePolicyDocument,
            Description = request.Description,
            MaxSessionSeconds = request.MaxSessionDuration ?? 3_600,
            Tags = IamRules.Tags([], request.Tags),
        };
        var created = await WriteAsync(
            async tx =>
            {
                if (await IamStore.FindRoleAsync(tx, call.Account, role.Name) is not null)
                {
                    throw IamException.EntityAlreadyExists($"Role with name {role.Name} already exists.");
                }

                var bounded = request.PermissionsBoundary is { } arn ? await BoundAsync(tx, call.Account, role, arn) : role;
                IamStore.Put(tx, call.Account, bounded);
                return bounded;
            },
            call);
        return new CreateRoleResult(Describe(created, call.Account, withTags: true));
    }

    public async Task<GetRoleResult> GetRole(GetRoleRequest request, CallContext call) =>
        new(Describe(await ReadAsync<RoleState>(request.RoleName, call), call.Account, withTags: true) with { RoleLastUsed = new RoleLastUsed() });

    public async Task<UpdateRoleResult> UpdateRole(UpdateRoleRequest request, CallContext call)
    {
        await ChangeAsync<RoleState>(request.RoleName, call, role => role with
        {
            Description = request.Description ?? role.Description,
            MaxSessionSeconds = request.MaxSessionDuration ?? role.MaxSessionSeconds,
        });
        return new UpdateRoleResult();
    }

    public async Task<UpdateRoleDescriptionResult> UpdateRoleDescription(UpdateRoleDescriptionRequest request, CallContext call)
    {
        var role = await ChangeAsync<RoleState>(request.RoleName, call, role => role with { Description = request.Description });
        return new UpdateRoleDescriptionResult(Describe(role, call.Account, withTags: true));
    }

    public Task DeleteRole(DeleteRoleRequest request, CallContext call) => WriteAsync(
        async tx =>
        {
            var role = await GetAsync<RoleState>(tx, call.Account, request.RoleName);
            RequireBare(role);
            await BoundAsync(tx, call.Account, role, null);
            IamStore.Delete(tx, call.Account, role);
            return role;
        },
        call);

    public async Task<ListRolesResult> ListRoles(ListRolesRequest request, CallContext call)
    {
        var (roles, next) = await ListAsync(
            (tx, after) => IamStore.ListRolesAsync(tx, call.Account, after, ScanPage),
            role => request.PathPrefix is null || role.Path.StartsWith(request.PathPrefix, StringComparison.Ordinal),
            role => role.Name,
            (request.Marker, request.MaxItems),
            call);
        return new ListRolesResult([.. roles.Select(r => Describe(r, call.Account, withTags: false))], next is not null, next);
    }

    public Task UpdateAssumeRolePolicy(UpdateAssumeRolePolicyRequest request, CallContext call)
    {
        IamRules.CheckTrust(request.PolicyDocument);
        return ChangeAsync<RoleState>(request.RoleName, call, role => role with { TrustPolicy = request.PolicyDocument });
    }

    public Task TagRole(TagRoleRequest request, CallContext call) =>
        ChangeAsync<RoleState>(request.RoleName, call, role => role with { Tags = IamRules.Tags(role.Tags, request.Tags) });

    public Task UntagRole(UntagRoleRequest request, CallContext call) =>
        ChangeAsync<RoleState>(request.RoleName, call, role => role with { Tags = Without(role.Tags, request.TagKeys) });

    public async Task<ListTagsResult> ListRoleTags(ListRoleTagsRequest request, CallContext call) =>
        PageTags((await ReadAsync<RoleState>(request.RoleName, call)).Tags, request.Marker, request.MaxItems);

    public async Task<ListInstanceProfilesForRoleResult> ListInstanceProfilesForRole(
        ListInstanceProfilesForRoleRequest request,
        CallContext call)
    {
        await ReadAsync<RoleState>(request.RoleName, call);
        return new ListInstanceProfilesForRoleResult([]);
    }

    /// <summary>What has policies is not deleted.</summary>
    private static void RequireBare(IdentityState state)
    {
        if (state.AttachedArns.Count > 0)
        {
            throw IamException.DeleteConflict("Cannot delete entity, must detach all policies first.");
        }

        if (state.InlinePolicies.Count > 0)
        {
            throw IamException.DeleteConflict("Cannot delete entity, must delete policies first.");
        }
    }

    private static Role Describe(RoleState role, string account, bool withTags) => new(
        role.Path,
        role.Name,
        role.Id,
        role.Arn(account),
        role.CreatedAt,
        Encode(role.TrustPolicy),
        role.Description,
        role.MaxSessionSeconds,
        BoundaryOf(role),
        withTags && role.Tags.Count > 0 ? TagsOf(role.Tags) : null);
}
