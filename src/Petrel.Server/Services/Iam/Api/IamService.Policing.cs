using Petrel.Aws.Iam;
using Petrel.Server.Services.Iam.Model;
using Petrel.Server.Services.Iam.Model.Policies;
using Petrel.Server.Services.Iam.Store;
using Petrel.Wire;

namespace Petrel.Server.Services.Iam.Api;

/// <content>Policies on roles and users.</content>
internal sealed partial class IamService
{
    public Task PutRolePolicy(PutRolePolicyRequest request, CallContext call) =>
        PutInlineAsync<RoleState>(request.RoleName, request.PolicyName, request.PolicyDocument, call);

    public Task PutUserPolicy(PutUserPolicyRequest request, CallContext call) =>
        PutInlineAsync<UserState>(request.UserName, request.PolicyName, request.PolicyDocument, call);

    public async Task<GetRolePolicyResult> GetRolePolicy(GetRolePolicyRequest request, CallContext call)
    {
        var (state, document) = await FindInlineAsync<RoleState>(request.RoleName, request.PolicyName, call);
        return new GetRolePolicyResult(state.Name, request.PolicyName, Encode(document));
    }

    public async Task<GetUserPolicyResult> GetUserPolicy(GetUserPolicyRequest request, CallContext call)
    {
        var (state, document) = await FindInlineAsync<UserState>(request.UserName, request.PolicyName, call);
        return new GetUserPolicyResult(state.Name, request.PolicyName, Encode(document));
    }

    public Task DeleteRolePolicy(DeleteRolePolicyRequest request, CallContext call) =>
        DeleteInlineAsync<RoleState>(request.RoleName, request.PolicyName, call);

    public Task DeleteUserPolicy(DeleteUserPolicyRequest request, CallContext call) =>
        DeleteInlineAsync<UserState>(request.UserName, request.PolicyName, call);

    public async Task<ListPolicyNamesResult> ListRolePolicies(ListRolePoliciesRequest request, CallContext call) =>
        PageNames(await ReadAsync<RoleState>(request.RoleName, call), request.Marker, request.MaxItems);

    public async Task<ListPolicyNamesResult> ListUserPolicies(ListUserPoliciesRequest request, CallContext call) =>
        PageNames(await ReadAsync<UserState>(request.UserName, call), request.Marker, request.MaxItems);

    public Task AttachRolePolicy(AttachRolePolicyRequest request, CallContext call) =>
        AttachAsync<RoleState>(request.RoleName, request.PolicyArn, call);

    public Task AttachUserPolicy(AttachUserPolicyRequest request, CallContext call) =>
        AttachAsync<UserState>(request.UserName, request.PolicyArn, call);

    public Task DetachRolePolicy(DetachRolePolicyRequest request, CallContext call) =>
        DetachAsync<RoleState>(request.RoleName, request.PolicyArn, call);

    public Task DetachUserPolicy(DetachUserPolicyRequest request, CallContext call) =>
        DetachAsync<UserState>(request.UserName, request.PolicyArn, call);

    public async Task<ListAttachedPoliciesResult> ListAttachedRolePolicies(ListAttachedRolePoliciesRequest request, CallContext call) =>
        PageAttached(await ReadAsync<RoleState>(request.RoleName, call), request.PathPrefix, request.Marker, request.MaxItems);

    public async Task<ListAttachedPoliciesResult> ListAttachedUserPolicies(ListAttachedUserPoliciesRequest request, CallContext call) =>
        PageAttached(await ReadAsync<UserState>(request.UserName, call), request.PathPrefix, request.Marker, request.MaxItems);

    public Task PutRolePermissionsBoundary(PutRolePermissionsBoundaryRequest request, CallContext call) =>
        ChangeAsync<RoleState>(request.RoleName, call, (tx, role) => BoundAsync(tx, call.Account, role, request.PermissionsBoundary));

    public Task DeleteRolePermissionsBoundary(DeleteRolePermissionsBoundaryRequest request, CallContext call) =>
        ChangeAsync<RoleState>(request.RoleName, call, (tx, role) => BoundAsync(tx, call.Account, role, null));

    public Task PutUserPermissionsBoundary(PutUserPermissionsBoundaryRequest request, CallContext call) =>
        ChangeAsync<UserState>(request.UserName, call, (tx, user) => BoundAsync(tx, call.Account, user, request.PermissionsBoundary));

    public Task DeleteUserPermissionsBoundary(DeleteUserPermissionsBoundaryRequest request, CallContext call) =>
        ChangeAsync<UserState>(request.UserName, call, (tx, user) => BoundAsync(tx, call.Account, user, null));

    private Task PutInlineAsync<T>(string name, string policyName, string document, CallContext call) where T : IdentityState
    {
        IamRules.CheckName(policyName, "policyName");
        IamRules.Check(document, PolicyKind.Identity);
        return ChangeAsync<T>(name, call, state =>
        {
            var policies = new SortedDictionary<string, string>(state.InlinePolicies, StringComparer.Ordinal) { [policyName] = document };
            var changed = state with { InlinePolicies = policies };
            IamRules.CheckInline(changed);
            return changed;
        });
    }

    private async Task<(T State, string Document)> FindInlineAsync<T>(string name, string policyName, CallContext call) where T : IdentityState
    {
        var state = await ReadAsync<T>(name, call);
        return state.InlinePolicies.TryGetValue(policyName, out var document) ? (state, document) : throw NoSuchInline<T>(policyName);
    }

    private Task DeleteInlineAsync<T>(string name, string policyName, CallContext call) where T : IdentityState =>
        ChangeAsync<T>(name, call, state => state.InlinePolicies.ContainsKey(policyName)
            ? state with { InlinePolicies = Without(state.InlinePolicies, [policyName]) }
            : throw NoSuchInline<T>(policyName));

    private Task AttachAsync<T>(string name, string policyArn, CallContext call) where T : IdentityState =>
        ChangeAsync<T>(name, call, async (tx, state) =>
        {
            await RequireAttachableAsync(tx, call.Account, policyArn);
            if (state.AttachedArns.Contains(policyArn, StringComparer.Ordinal))
            {
                return state;
            }

            if (state.AttachedArns.Count >= IamRules.MaxAttached)
            {
                var quota = typeof(T) == typeof(RoleState) ? "PoliciesPerRole" : "PoliciesPerUser";
                throw IamException.LimitExceeded($"Cannot exceed quota for {quota}: {IamRules.MaxAttached}");
            }

            IamStore.CountUse(tx, call.Account, policyArn, PolicyUse.Attached, 1);
            return state with { AttachedArns = [.. state.AttachedArns, policyArn] };
        });

    private Task DetachAsync<T>(string name, string policyArn, CallContext call) where T : IdentityState =>
        ChangeAsync<T>(name, call, (tx, state) =>
        {
            if (!state.AttachedArns.Contains(policyArn, StringComparer.Ordinal))
            {
                throw IamException.NoSuchEntity($"Policy {policyArn} was not found.");
            }

            IamStore.CountUse(tx, call.Account, policyArn, PolicyUse.Attached, -1);
            return ValueTask.FromResult(state with { AttachedArns = [.. state.AttachedArns.Where(a => a != policyArn)] });
        });

    private static ListPolicyNamesResult PageNames(IdentityState state, string? marker, int? maxItems)
    {
        var (names, next) = Marker.Page(state.InlinePolicies.Keys, n => n, marker, maxItems);
        return new ListPolicyNamesResult(names, next is not null, next);
    }

    private static ListAttachedPoliciesResult PageAttached(IdentityState state, string? pathPrefix, string? marker, int? maxItems)
    {
        var attached = state.AttachedArns
            .Where(arn => pathPrefix is null || arn[(arn.IndexOf(":policy", StringComparison.Ordinal) + 7)..].StartsWith(pathPrefix, StringComparison.Ordinal))
            .Select(arn => new AttachedPolicy(arn[(arn.LastIndexOf('/') + 1)..], arn));
        var (items, next) = Marker.Page(attached, p => p.PolicyArn, marker, maxItems);
        return new ListAttachedPoliciesResult(items, next is not null, next);
    }

    private static IamException NoSuchInline<T>(string policyName) =>
        IamException.NoSuchEntity($"The {KindOf<T>()} policy with name {policyName} cannot be found.");
}
