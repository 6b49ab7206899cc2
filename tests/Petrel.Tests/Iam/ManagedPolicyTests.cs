using Petrel.Aws.Iam;

namespace Petrel.Tests.Iam;

public sealed class ManagedPolicyTests : IAsyncDisposable
{
    private const string Arn = "arn:aws:iam::111122223333:policy/team/p";

    private readonly IdentityHost _host = new();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task CreatePolicy_ThenAttach_CountsItsUses()
    {
        await CreateAsync();
        await _host.CreateRoleAsync("r");
        await _host.Iam.AttachRolePolicy(new AttachRolePolicyRequest("r", Arn), _host.Root);
        await _host.Iam.AttachRolePolicy(new AttachRolePolicyRequest("r", Arn), _host.Root);
        Assert.Equal(1, (await _host.Iam.GetPolicy(new GetPolicyRequest(Arn), _host.Root)).Policy.AttachmentCount);
        Assert.Equal([new AttachedPolicy("p", Arn)], (await _host.Iam.ListAttachedRolePolicies(new ListAttachedRolePoliciesRequest("r"), _host.Root)).AttachedPolicies);
        Assert.Equal("r", (await _host.Iam.ListEntitiesForPolicy(new ListEntitiesForPolicyRequest(Arn), _host.Root)).PolicyRoles.Single().RoleName);
        await IamAssert.FailsAsync("DeleteConflict", "Cannot delete a policy attached to entities.", DeleteAsync);
        await _host.Iam.DetachRolePolicy(new DetachRolePolicyRequest("r", Arn), _host.Root);
        await DeleteAsync();
        await IamAssert.FailsAsync("NoSuchEntity", $"Policy {Arn} was not found.", () => _host.Iam.GetPolicy(new GetPolicyRequest(Arn), _host.Root));
    }

    [Fact]
    public async Task Versions_UpToFive_OneInForce()
    {
        await CreateAsync();
        for (var i = 2; i <= 5; i++)
        {
            var request = new CreatePolicyVersionRequest(Arn, IdentityHost.Allow($"s3:Get{i}"), SetAsDefault: i == 3);
            Assert.Equal($"v{i}", (await _host.Iam.CreatePolicyVersion(request, _host.Root)).PolicyVersion.VersionId);
        }

        await IamAssert.FailsAsync(
            "LimitExceeded",
            "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.",
            () => _host.Iam.CreatePolicyVersion(new CreatePolicyVersionRequest(Arn, IdentityHost.Allow("s3:*")), _host.Root));
        var versions = (await _host.Iam.ListPolicyVersions(new ListPolicyVersionsRequest(Arn), _host.Root)).Versions;
        Assert.Equal(["v5", "v4", "v3", "v2", "v1"], versions.Select(v => v.VersionId));
        Assert.Equal("v3", versions.Single(v => v.IsDefaultVersion).VersionId);
        await IamAssert.FailsAsync("DeleteConflict", "Cannot delete the default version of a policy.", () => DeleteVersionAsync("v3"));
        await DeleteVersionAsync("v5");
        var next = await _host.Iam.CreatePolicyVersion(new CreatePolicyVersionRequest(Arn, IdentityHost.Allow("s3:*")), _host.Root);
        Assert.Equal("v6", next.PolicyVersion.VersionId);
        await _host.Iam.SetDefaultPolicyVersion(new SetDefaultPolicyVersionRequest(Arn, "v2"), _host.Root);
        var read = (await _host.Iam.GetPolicyVersion(new GetPolicyVersionRequest(Arn, "v2"), _host.Root)).PolicyVersion;
        Assert.True(read.IsDefaultVersion);
        Assert.Equal(IdentityHost.Allow("s3:Get2"), Uri.UnescapeDataString(read.Document!));
        await IamAssert.FailsAsync("NoSuchEntity", $"Policy {Arn} version v5 does not exist or is not attachable.", () => DeleteVersionAsync("v5"));
    }

    [Fact]
    public async Task ListPolicies_ByScope_GivesOwnAndAwsManaged()
    {
        await CreateAsync();
        Assert.Equal([Arn], (await _host.Iam.ListPolicies(new ListPoliciesRequest("Local"), _host.Root)).Policies.Select(p => p.Arn));
        var managed = (await _host.Iam.ListPolicies(new ListPoliciesRequest("AWS"), _host.Root)).Policies;
        Assert.Contains(managed, p => p.Arn == "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole");
        Assert.Empty((await _host.Iam.ListPolicies(new ListPoliciesRequest("AWS", OnlyAttached: true), _host.Root)).Policies);
    }

    [Fact]
    public async Task AttachRolePolicy_ThatDoesNotExist_IsRefused()
    {
        await _host.CreateRoleAsync("r");
        const string Missing = "arn:aws:iam::aws:policy/NoSuchPolicy";
        await IamAssert.FailsAsync(
            "NoSuchEntity",
            $"Policy {Missing} does not exist or is not attachable.",
            () => _host.Iam.AttachRolePolicy(new AttachRolePolicyRequest("r", Missing), _host.Root));
    }

    private Task CreateAsync() => _host.Iam.CreatePolicy(new CreatePolicyRequest("p", IdentityHost.Allow("s3:Get"), "/team/"), _host.Root);

    private Task DeleteAsync() => _host.Iam.DeletePolicy(new DeletePolicyRequest(Arn), _host.Root);

    private Task DeleteVersionAsync(string version) => _host.Iam.DeletePolicyVersion(new DeletePolicyVersionRequest(Arn, version), _host.Root);
}
