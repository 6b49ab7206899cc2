using Petrel.Aws.Iam;

namespace Petrel.Tests.Iam;

public sealed class RoleTests : IAsyncDisposable
{
    private readonly IdentityHost _host = new();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task CreateRole_WithPathAndTags_IsReadBackWhole()
    {
        var request = new CreateRoleRequest("worker", IdentityHost.LambdaTrust, "/team/", "works", 7_200, Tags: [new Tag("a", "1")]);
        var created = (await _host.Iam.CreateRole(request, _host.Root)).Role;
        var read = (await _host.Iam.GetRole(new GetRoleRequest("WORKER"), _host.Root)).Role;
        Assert.Equal("arn:aws:iam::111122223333:role/team/worker", created.Arn);
        Assert.Matches("^AROA[A-Z2-7]{17}$", created.RoleId);
        Assert.Equal(Uri.EscapeDataString(IdentityHost.LambdaTrust), created.AssumeRolePolicyDocument);
        Assert.Equal(created.RoleId, read.RoleId);
        Assert.Equal((7_200, "works", "/team/"), (read.MaxSessionDuration!.Value, read.Description, read.Path));
        Assert.Equal([new Tag("a", "1")], read.Tags!);
    }

    [Theory]
    [InlineData("a b", null, "ValidationError", "The specified value for roleName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-")]
    [InlineData("ok", "team", "ValidationError", "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.")]
    public async Task CreateRole_BadNameOrPath_IsRefused(string name, string? path, string code, string message) =>
        await IamAssert.FailsAsync(code, message, () => _host.CreateRoleAsync(name, path: path));

    [Fact]
    public async Task CreateRole_BadTrustPolicy_SaysWhy() => await IamAssert.FailsAsync(
        "MalformedPolicyDocument",
        "Has prohibited field Resource",
        () => _host.CreateRoleAsync("r", """{"Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole","Resource":"*"}]}"""));

    [Fact]
    public async Task CreateRole_NameTakenInAnotherCase_IsRefused()
    {
        await _host.CreateRoleAsync("worker");
        await IamAssert.FailsAsync("EntityAlreadyExists", "Role with name Worker already exists.", () => _host.CreateRoleAsync("Worker"));
    }

    [Fact]
    public async Task DeleteRole_WithPolicies_ConflictsUntilTheyAreGone()
    {
        const string Arn = "arn:aws:iam::aws:policy/AdministratorAccess";
        await _host.CreateRoleAsync("r");
        await _host.Iam.AttachRolePolicy(new AttachRolePolicyRequest("r", Arn), _host.Root);
        await _host.Iam.PutRolePolicy(new PutRolePolicyRequest("r", "p", IdentityHost.Allow("*")), _host.Root);
        await IamAssert.FailsAsync("DeleteConflict", "Cannot delete entity, must detach all policies first.", Delete);
        await _host.Iam.DetachRolePolicy(new DetachRolePolicyRequest("r", Arn), _host.Root);
        await IamAssert.FailsAsync("DeleteConflict", "Cannot delete entity, must delete policies first.", Delete);
        await _host.Iam.DeleteRolePolicy(new DeleteRolePolicyRequest("r", "p"), _host.Root);
        await Delete();
        await IamAssert.FailsAsync("NoSuchEntity", "The role with name r cannot be found.", Delete);

        Task Delete() => _host.Iam.DeleteRole(new DeleteRoleRequest("r"), _host.Root);
    }

    [Fact]
    public async Task ListRoles_InPagesBelowAPath_GivesEachOnce()
    {
        for (var i = 0; i < 7; i++)
        {
            await _host.CreateRoleAsync($"r{i}", path: i % 2 == 0 ? "/even/" : "/odd/");
        }

        var names = new List<string>();
        string? marker = null;
        do
        {
            var page = await _host.Iam.ListRoles(new ListRolesRequest("/even/", marker, 2), _host.Root);
            Assert.Equal(page.IsTruncated, page.Marker is not null);
            names.AddRange(page.Roles.Select(r => r.RoleName));
            marker = page.Marker;
        }
        while (marker is not null);
        Assert.Equal(["r0", "r2", "r4", "r6"], names);
    }

    [Fact]
    public async Task InlinePolicies_OfARole_ComeAndGo()
    {
        await _host.CreateRoleAsync("r");
        await _host.Iam.PutRolePolicy(new PutRolePolicyRequest("r", "b", IdentityHost.Allow("s3:*")), _host.Root);
        await _host.Iam.PutRolePolicy(new PutRolePolicyRequest("r", "a", IdentityHost.Allow("sqs:*")), _host.Root);
        var page = await _host.Iam.ListRolePolicies(new ListRolePoliciesRequest("r", MaxItems: 1), _host.Root);
        Assert.Equal(["a"], page.PolicyNames);
        Assert.Equal(["b"], (await _host.Iam.ListRolePolicies(new ListRolePoliciesRequest("r", page.Marker), _host.Root)).PolicyNames);
        var read = await _host.Iam.GetRolePolicy(new GetRolePolicyRequest("r", "a"), _host.Root);
        Assert.Equal(IdentityHost.Allow("sqs:*"), Uri.UnescapeDataString(read.PolicyDocument));
        await IamAssert.FailsAsync(
            "NoSuchEntity",
            "The role policy with name c cannot be found.",
            () => _host.Iam.GetRolePolicy(new GetRolePolicyRequest("r", "c"), _host.Root));
    }

    [Fact]
    public async Task PutRolePolicy_BeyondTheQuota_IsRefused()
    {
        await _host.CreateRoleAsync("r");
        var large = IdentityHost.Allow("s3:" + new string('x', 10_300));
        await IamAssert.FailsAsync(
            "LimitExceeded",
            "Maximum policy size of 10240 bytes exceeded for role r",
            () => _host.Iam.PutRolePolicy(new PutRolePolicyRequest("r", "p", large), _host.Root));
    }

    [Fact]
    public async Task Tags_OfARole_AreAddedReplacedAndRemoved()
    {
        await _host.CreateRoleAsync("r");
        await _host.Iam.TagRole(new TagRoleRequest("r", [new Tag("a", "1"), new Tag("b", "2")]), _host.Root);
        await _host.Iam.TagRole(new TagRoleRequest("r", [new Tag("a", "3")]), _host.Root);
        await _host.Iam.UntagRole(new UntagRoleRequest("r", ["b", "none"]), _host.Root);
        Assert.Equal([new Tag("a", "3")], (await _host.Iam.ListRoleTags(new ListRoleTagsRequest("r"), _host.Root)).Tags);
        await IamAssert.FailsAsync(
            "InvalidInput",
            "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
            () => _host.Iam.TagRole(new TagRoleRequest("r", [new Tag("k", "1"), new Tag("K", "2")]), _host.Root));
    }

    [Fact]
    public async Task Roles_OfAnotherAccount_AreNotSeen()
    {
        await _host.CreateRoleAsync("r");
        var other = _host.Root with { Account = "999988887777" };
        await IamAssert.FailsAsync("NoSuchEntity", "The role with name r cannot be found.", () => _host.Iam.GetRole(new GetRoleRequest("r"), other));
    }
}
