using Petrel.Aws.Iam;
using Petrel.Server.Services.Iam.Model;
using Petrel.Wire;

namespace Petrel.Server.Services.Iam.Api;

/// <content>Versions of managed policies.</content>
internal sealed partial class IamService
{
    public async Task<CreatePolicyVersionResult> CreatePolicyVersion(CreatePolicyVersionRequest request, CallContext call)
    {
        IamRules.CheckManaged(request.PolicyDocument);
        var now = Now();
        var changed = await ChangePolicyAsync(request.PolicyArn, call, policy => policy.Versions.Count >= IamRules.MaxVersions
            ? throw IamException.LimitExceeded(
                $"A managed policy can have up to {IamRules.MaxVersions} versions. Before you create a new version, you must delete an existing version.")
            : policy with
            {
                Versions = [.. policy.Versions, new PolicyVersionState(policy.NextVersion, request.PolicyDocument, now)],
                DefaultVersion = request.SetAsDefault ? policy.NextVersion : policy.DefaultVersion,
                NextVersion = policy.NextVersion + 1,
                UpdatedAt = request.SetAsDefault ? now : policy.UpdatedAt,
            });
        return new CreatePolicyVersionResult(Describe(changed, changed.Versions[^1], withDocument: false));
    }

    public async Task<GetPolicyVersionResult> GetPolicyVersion(GetPolicyVersionRequest request, CallContext call)
    {
        if (ManagedPolicies.Find(request.PolicyArn) is { } managed)
        {
            return request.VersionId == "v1"
                ? new GetPolicyVersionResult(new PolicyVersion("v1", true, ManagedPolicies.CreatedAt, Encode(managed.Document)))
                : throw NoSuchVersion(request.PolicyArn, request.VersionId);
        }

        var policy = await store.ReadAsync(tx => GetPolicyAsync(tx, call.Account, request.PolicyArn), call.Aborted);
        return new GetPolicyVersionResult(Describe(policy, GetVersion(policy, request.PolicyArn, request.VersionId), withDocument: true));
    }

    public async Task<ListPolicyVersionsResult> ListPolicyVersions(ListPolicyVersionsRequest request, CallContext call)
    {
        if (ManagedPolicies.Find(request.PolicyArn) is not null)
        {
            return new ListPolicyVersionsResult([new PolicyVersion("v1", true, ManagedPolicies.CreatedAt)]);
        }

        // The newest first, as in the console: the order of the marker is the number's, turned around.
        var policy = await store.ReadAsync(tx => GetPolicyAsync(tx, call.Account, request.PolicyArn), call.Aborted);
        var (items, next) = Marker.Page(policy.Versions, v => (int.MaxValue - v.Number).ToString("D10"), request.Marker, request.MaxItems);
        return new ListPolicyVersionsResult([.. items.Select(v => Describe(policy, v, withDocument: false))], next is not null, next);
    }

    public Task SetDefaultPolicyVersion(SetDefaultPolicyVersionRequest request, CallContext call)
    {
        var now = Now();
        return ChangePolicyAsync(request.PolicyArn, call, policy => policy with
        {
            DefaultVersion = GetVersion(policy, request.PolicyArn, request.VersionId).Number,
            UpdatedAt = now,
        });
    }

    public Task DeletePolicyVersion(DeletePolicyVersionRequest request, CallContext call) =>
        ChangePolicyAsync(request.PolicyArn, call, policy =>
        {
            var version = GetVersion(policy, request.PolicyArn, request.VersionId);
            return version.Number == policy.DefaultVersion
                ? throw IamException.DeleteConflict("Cannot delete the default version of a policy.")
                : policy with { Versions = [.. policy.Versions.Where(v => v != version)] };
        });

    private static PolicyVersionState GetVersion(ManagedPolicyState policy, string arn, string versionId) =>
        policy.Versions.Find(v => $"v{v.Number}" == versionId) ?? throw NoSuchVersion(arn, versionId);

    private static IamException NoSuchVersion(string arn, string versionId) =>
        IamException.NoSuchEntity($"Policy {arn} version {versionId} does not exist or is not attachable.");

    private static PolicyVersion Describe(ManagedPolicyState policy, PolicyVersionState version, bool withDocument) => new(
        $"v{version.Number}",
        version.Number == policy.DefaultVersion,
        version.CreatedAt,
        withDocument ? Encode(version.Document) : null);
}
