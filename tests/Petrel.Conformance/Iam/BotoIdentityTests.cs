using System.Text.Json;
using Petrel.Conformance.Lambda;

namespace Petrel.Conformance.Iam;

/// <summary>Roles, users, policies and temporary credentials, as boto3 sees them.</summary>
public sealed class BotoIdentityTests(Daemon daemon)
{
    private const string LambdaTrust =
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}""";

    private readonly Client _root = daemon.NewBoto();

    [Fact]
    public async Task Role_FromCreationToDeletion_BehavesAsDocumented()
    {
        var created = (await IamAsync("create_role", new { RoleName = "r", Path = "/team/", AssumeRolePolicyDocument = LambdaTrust })).GetProperty("Role");
        Assert.Equal($"arn:aws:iam::{_root.Account}:role/team/r", created.Text("Arn"));
        Assert.Equal("2012-10-17", created.GetProperty("AssumeRolePolicyDocument").Text("Version"));
        await IamAsync("put_role_policy", new { RoleName = "r", PolicyName = "p", PolicyDocument = Allow("s3:*") });
        await IamAsync("attach_role_policy", new { RoleName = "r", PolicyArn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole" });
        Assert.Equal("p", (await IamAsync("list_role_policies", new { RoleName = "r" })).GetProperty("PolicyNames")[0].GetString());
        var attached = (await IamAsync("list_attached_role_policies", new { RoleName = "r" })).GetProperty("AttachedPolicies")[0];
        Assert.Equal("AWSLambdaBasicExecutionRole", attached.Text("PolicyName"));

        await FailsAsync("DeleteConflict", 409, "delete_role", new { RoleName = "r" });
        await IamAsync("detach_role_policy", new { RoleName = "r", PolicyArn = attached.Text("PolicyArn") });
        await IamAsync("delete_role_policy", new { RoleName = "r", PolicyName = "p" });
        await IamAsync("delete_role", new { RoleName = "r" });
        var gone = await FailsAsync("NoSuchEntity", 404, "get_role", new { RoleName = "r" });
        Assert.Equal("The role with name r cannot be found.", gone.Text);
    }

    [Fact]
    public async Task CreateRole_Mistakes_HaveTheErrorsOfTheService()
    {
        await FailsAsync("MalformedPolicyDocument", 400, "create_role", new { RoleName = "r", AssumeRolePolicyDocument = "{" });
        await FailsAsync("ValidationError", 400, "create_role", new { RoleName = "a b", AssumeRolePolicyDocument = LambdaTrust });
        await IamAsync("create_role", new { RoleName = "r", AssumeRolePolicyDocument = LambdaTrust });
        await FailsAsync("EntityAlreadyExists", 409, "create_role", new { RoleName = "r", AssumeRolePolicyDocument = LambdaTrust });
        await FailsAsync("NotImplemented", 501, "create_group", new { GroupName = "g" });
    }

    [Fact]
    public async Task ManagedPolicy_OfAws_IsRead()
    {
        const string Arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
        var version = (await IamAsync("get_policy_version", new { PolicyArn = Arn, VersionId = "v1" })).GetProperty("PolicyVersion");
        Assert.Equal("Allow", version.GetProperty("Document").GetProperty("Statement")[0].Text("Effect"));
        Assert.True((await IamAsync("get_policy", new { PolicyArn = Arn })).GetProperty("Policy").GetProperty("IsAttachable").GetBoolean());
    }

    [Fact]
    public async Task User_WithItsOwnKey_MayWhatItsPolicyAllows()
    {
        await IamAsync("create_user", new { UserName = "alice" });
        var key = (await IamAsync("create_access_key", new { UserName = "alice" })).GetProperty("AccessKey");
        var alice = _root.With(key);
        Assert.Equal($"arn:aws:iam::{_root.Account}:user/alice", (await alice.CallAsync("sts", "get_caller_identity", null)).Text("Arn"));
        var denied = await Assert.ThrowsAsync<ClientException>(() => alice.CallAsync("logs", "describe_log_groups", null));
        Assert.Equal(("AccessDeniedException", 400), (denied.Code, denied.Status));
        Assert.Equal(
            $"User: arn:aws:iam::{_root.Account}:user/alice is not authorized to perform: logs:DescribeLogGroups on resource: "
            + $"arn:aws:logs:us-east-1:{_root.Account}:log-group::log-stream: because no identity-based policy allows the logs:DescribeLogGroups action",
            denied.Text);
        await IamAsync("put_user_policy", new { UserName = "alice", PolicyName = "p", PolicyDocument = Allow("logs:Describe*") });
        await alice.CallAsync("logs", "describe_log_groups", null);
        var own = await Assert.ThrowsAsync<ClientException>(() => alice.CallAsync("iam", "get_user", null));
        Assert.Equal(("AccessDenied", 403), (own.Code, own.Status));
    }

    [Fact]
    public async Task AssumeRole_ThatTrustsTheAccount_GivesItsRights()
    {
        var role = (await IamAsync("create_role", new { RoleName = "reader", AssumeRolePolicyDocument = TrustAccount() })).GetProperty("Role").Text("Arn");
        await IamAsync("attach_role_policy", new { RoleName = "reader", PolicyArn = "arn:aws:iam::aws:policy/CloudWatchLogsReadOnlyAccess" });
        var assumed = await _root.CallAsync("sts", "assume_role", new { RoleArn = role, RoleSessionName = "session" });
        var reader = _root.With(assumed.GetProperty("Credentials"));
        Assert.Equal(
            $"arn:aws:sts::{_root.Account}:assumed-role/reader/session",
            (await reader.CallAsync("sts", "get_caller_identity", null)).Text("Arn"));
        await reader.CallAsync("logs", "describe_log_groups", null);
        var denied = await Assert.ThrowsAsync<ClientException>(() => reader.CallAsync("logs", "create_log_group", new { logGroupName = "g" }));
        Assert.Equal("AccessDeniedException", denied.Code);
        var lambda = await Assert.ThrowsAsync<ClientException>(() => reader.CallAsync("list_functions"));
        Assert.Equal(("AccessDeniedException", 403), (lambda.Code, lambda.Status));
    }

    [Fact]
    public async Task AssumeRole_ThatDoesNotTrustTheCaller_IsDenied()
    {
        var role = (await IamAsync("create_role", new { RoleName = "r", AssumeRolePolicyDocument = LambdaTrust })).GetProperty("Role").Text("Arn");
        var denied = await Assert.ThrowsAsync<ClientException>(
            () => _root.CallAsync("sts", "assume_role", new { RoleArn = role, RoleSessionName = "session" }));
        Assert.Equal(("AccessDenied", 403), (denied.Code, denied.Status));
        Assert.Equal($"User: arn:aws:iam::{_root.Account}:root is not authorized to perform: sts:AssumeRole on resource: {role}", denied.Text);
    }

    [Fact]
    public async Task ListRoles_WithThePaginator_GivesAll()
    {
        for (var i = 0; i < 5; i++)
        {
            await IamAsync("create_role", new { RoleName = $"r{i}", AssumeRolePolicyDocument = LambdaTrust });
        }

        var first = await IamAsync("list_roles", new { MaxItems = 3 });
        Assert.True(first.GetProperty("IsTruncated").GetBoolean());
        var second = await IamAsync("list_roles", new { MaxItems = 3, Marker = first.Text("Marker") });
        Assert.Equal(["r3", "r4"], second.GetProperty("Roles").EnumerateArray().Select(r => r.Text("RoleName")));
    }

    private static string Allow(string action) =>
        $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"{{action}}","Resource":"*"}]}""";

    private string TrustAccount() =>
        $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"{{_root.Account}}"},"Action":"sts:AssumeRole"}]}""";

    private Task<JsonElement> IamAsync(string operation, object parameters) => _root.CallAsync("iam", operation, parameters);

    private async Task<ClientException> FailsAsync(string code, int status, string operation, object parameters)
    {
        var failure = await Assert.ThrowsAsync<ClientException>(() => IamAsync(operation, parameters));
        Assert.Equal((code, status), (failure.Code, failure.Status));
        return failure;
    }
}
