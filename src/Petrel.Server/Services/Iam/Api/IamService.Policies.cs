using Petrel.Aws.Iam;
using Petrel.Server.Security;
using Petrel.Server.Services.Iam.Model;
using Petrel.Server.Services.Iam.Store;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.Iam.Api;

/// <content>Managed policies.</content>
internal sealed partial class IamService
{
    public async Task<CreatePolicyResult> CreatePolicy(CreatePolicyRequest request, CallContext call)
    {
        IamRules.CheckName(request.PolicyName, "policyName");
        IamRules.CheckManaged(request.PolicyDocument);
        var now = Now();
        var policy = new ManagedPolicyState
        {
            Id = AccessKeyIds.NewUniqueId("ANPA", ids),
            Name = request.PolicyName,
            Path = IamRules.Path(request.Path),
            Description = request.Description,
            CreatedAt = now,
            UpdatedAt = now,
            DefaultVersion = 1,
            NextVersion = 2,
            Versions = [new PolicyVersionState(1, request.PolicyDocument, now)],
            Tags = IamRules.Tags([], request.Tags),
        };
        await WriteAsync(
            async tx =>
            {
                if (await IamStore.FindPolicyAsync(tx, call.Account, policy.Name) is not null)
                {
                    throw IamException.EntityAlreadyExists($"A policy called {policy.Name} already exists. Duplicate names are not allowed.");
                }

                IamStore.Put(tx, call.Account, policy);
                return policy;
            },
            call);
        return new CreatePolicyResult(Describe(policy, call.Account, attached: 0, bounds: 0, withTags: true));
    }

    public async Task<GetPolicyResult> GetPolicy(GetPolicyRequest request, CallContext call)
    {
        var policy = await store.ReadAsync(
            async tx => ManagedPolicies.Find(request.PolicyArn) is { } managed
                ? await DescribeAsync(tx, managed, call.Account)
                : await DescribeAsync(tx, await GetPolicyAsync(tx, call.Account, request.PolicyArn), call.Account, withTags: true),
            call.Aborted);
        return new GetPolicyResult(policy);
    }

    public Task DeletePolicy(DeletePolicyRequest request, CallContext call) => WriteAsync(
        async tx =>
        {
            RefuseAwsManaged(request.PolicyArn);
            var policy = await GetPolicyAsync(tx, call.Account, request.PolicyArn);
            if (await IamStore.UsesAsync(tx, call.Account, request.PolicyArn, PolicyUse.Attached) > 0
                || await IamStore.UsesAsync(tx, call.Account, request.PolicyArn, PolicyUse.Boundary) > 0)
            {
                throw IamException.DeleteConflict("Cannot delete a policy attached to entities.");
            }

            if (policy.Versions.Count > 1)
            {
                throw IamException.DeleteConflict(
                    "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. "
                    + "The default version is deleted with the policy.");
            }

            IamStore.Delete(tx, call.Account, policy);
            return policy;
        },
        call);

    public async Task<ListPoliciesResult> ListPolicies(ListPoliciesRequest request, CallContext call)
    {
        var policies = await store.ReadAsync(tx => CollectAsync(tx, request.Scope ?? "All", call.Account), call.Aborted);
        var wanted = policies.Where(p => (request.PathPrefix is null || p.Path.StartsWith(request.PathPrefix, StringComparison.Ordinal))
            && (!request.OnlyAttached || p.AttachmentCount > 0 || p.PermissionsBoundaryUsageCount > 0)
            && (request.PolicyUsageFilter != "PermissionsBoundary" || p.PermissionsBoundaryUsageCount > 0));
        var (items, next) = Marker.Page(wanted, p => p.Arn, request.Marker, request.MaxItems);
        return new ListPoliciesResult(items, next is not null, next);
    }

    public async Task<ListEntitiesForPolicyResult> ListEntitiesForPolicy(ListEntitiesForPolicyRequest request, CallContext call)
    {
        bool Has(IdentityState state) =>
            (request.PathPrefix is null || state.Path.StartsWith(request.PathPrefix, StringComparison.Ordinal))
            && (request.PolicyUsageFilter == "PermissionsBoundary"
                ? state.BoundaryArn == request.PolicyArn
                : state.AttachedArns.Contains(request.PolicyArn, StringComparer.Ordinal));

        await GetPolicy(new GetPolicyRequest(request.PolicyArn), call);
        var all = (Marker: (string?)null, MaxItems: (int?)int.MaxValue);
        var (roles, _) = request.EntityFilter is null or "Role"
            ? await ListAsync((tx, after) => IamStore.ListRolesAsync(tx, call.Account, after, ScanPage), Has, r => r.Name, all, call)
            : ([], null);
        var (users, _) = request.EntityFilter is null or "User"
            ? await ListAsync((tx, after) => IamStore.ListUsersAsync(tx, call.Account, after, ScanPage), Has, u => u.Name, all, call)
            : ([], null);
        IEnumerable<IdentityState> entities = [.. roles, .. users];
        var (items, next) = Marker.Page(entities, e => e.Id, request.Marker, request.MaxItems);
        return new ListEntitiesForPolicyResult(
            [],
            [.. items.OfType<UserState>().Select(u => new PolicyUser(u.Name, u.Id))],
            [.. items.OfType<RoleState>().Select(r => new PolicyRole(r.Name, r.Id))],
            next is not null,
            next);
    }

    public Task TagPolicy(TagPolicyRequest request, CallContext call) =>
        ChangePolicyAsync(request.PolicyArn, call, policy => policy with { Tags = IamRules.Tags(policy.Tags, request.Tags) });

    public Task UntagPolicy(UntagPolicyRequest request, CallContext call) =>
        ChangePolicyAsync(request.PolicyArn, call, policy => policy with { Tags = Without(policy.Tags, request.TagKeys) });

    public async Task<ListTagsResult> ListPolicyTags(ListPolicyTagsRequest request, CallContext call)
    {
        var tags = ManagedPolicies.Find(request.PolicyArn) is not null
            ? []
            : (await store.ReadAsync(tx => GetPolicyAsync(tx, call.Account, request.PolicyArn), call.Aborted)).Tags;
        return PageTags(tags, request.Marker, request.MaxItems);
    }

    private Task<ManagedPolicyState> ChangePolicyAsync(string policyArn, CallContext call, Func<ManagedPolicyState, ManagedPolicyState> change)
    {
        RefuseAwsManaged(policyArn);
        return WriteAsync(
            async tx =>
            {
                var changed = change(await GetPolicyAsync(tx, call.Account, policyArn));
                IamStore.Put(tx, call.Account, changed);
                return changed;
            },
            call);
    }

    /// <summary>What AWS manages, nobody else changes.</summary>
    private static void RefuseAwsManaged(string policyArn)
    {
        if (policyArn.StartsWith("arn:aws:iam::aws:", StringComparison.Ordinal))
        {
            throw CommonException.AccessDenied($"Policy {policyArn} is managed by AWS and cannot be changed.");
        }
    }

    private static async ValueTask<ManagedPolicyState> GetPolicyAsync(IReadTransaction tx, string account, string policyArn) =>
        await FindManagedAsync(tx, account, policyArn) ?? throw IamException.NoSuchEntity($"Policy {policyArn} was not found.");

    private static async ValueTask<List<ManagedPolicy>> CollectAsync(IReadTransaction tx, string scope, string account)
    {
        var found = new List<ManagedPolicy>();
        if (scope != "Local")
        {
            foreach (var managed in ManagedPolicies.All)
            {
                found.Add(await DescribeAsync(tx, managed, account));
            }
        }

        IReadOnlyList<ManagedPolicyState> page = [];
        do
        {
            if (scope == "AWS")
            {
                break;
            }

            page = await IamStore.ListPoliciesAsync(tx, account, page.Count == 0 ? null : IamStore.Fold(page[^1].Name), ScanPage);
            foreach (var policy in page)
            {
                found.Add(await DescribeAsync(tx, policy, account, withTags: false));
            }
        }
        while (page.Count == ScanPage);

        return found;
    }

    private static async ValueTask<ManagedPolicy> DescribeAsync(IReadTransaction tx, ManagedPolicyState policy, string account, bool withTags) => Describe(
        policy,
        account,
        await IamStore.UsesAsync(tx, account, policy.Arn(account), PolicyUse.Attached),
        await IamStore.UsesAsync(tx, account, policy.Arn(account), PolicyUse.Boundary),
        withTags);

    private static async ValueTask<ManagedPolicy> DescribeAsync(IReadTransaction tx, AwsManagedPolicy policy, string account) => new(
        policy.Name,
        policy.Id,
        policy.Arn,
        policy.Path,
        "v1",
        await IamStore.UsesAsync(tx, account, policy.Arn, PolicyUse.Attached),
        await IamStore.UsesAsync(tx, account, policy.Arn, PolicyUse.Boundary),
        IsAttachable: true,
        ManagedPolicies.CreatedAt,
        ManagedPolicies.CreatedAt);

    private static ManagedPolicy Describe(ManagedPolicyState policy, string account, int attached, int bounds, bool withTags) => new(
        policy.Name,
        policy.Id,
        policy.Arn(account),
        policy.Path,
        $"v{policy.DefaultVersion}",
        attached,
        bounds,
        IsAttachable: true,
        policy.CreatedAt,
        policy.UpdatedAt,
        withTags ? policy.Description : null,
        withTags && policy.Tags.Count > 0 ? TagsOf(policy.Tags) : null);
}
