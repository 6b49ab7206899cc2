using Petrel.Aws.Iam;
using Petrel.Aws.Sts;
using Petrel.Functions;
using Petrel.Tests.Iam;

namespace Petrel.Tests.Sts;

public sealed class FunctionCredentialTests : IAsyncDisposable
{
    private const string UnknownRole = "arn:aws:iam::111122223333:role/nobody-made-me";

    private readonly IdentityHost _host = new();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Issue_ForAnInstance_WorksInItsSandboxOnly()
    {
        var role = await _host.CreateRoleAsync("worker");
        var issued = await IssueAsync(role.Arn, "i-1");
        Assert.NotNull(await _host.FindAsync(issued.AccessKeyId, issued.SessionToken, "i-1"));
        Assert.Null(await _host.FindAsync(issued.AccessKeyId, issued.SessionToken, "i-2"));
        Assert.Null(await _host.FindAsync(issued.AccessKeyId, issued.SessionToken));
    }

    [Fact]
    public async Task Find_FromASandbox_TakesNoOtherKeys()
    {
        var (_, key) = await _host.CreateUserAsync("alice");
        var role = await _host.CreateRoleAsync("r", IdentityHost.Trust("""{"AWS":"111122223333"}"""));
        var session = (await _host.Sts.AssumeRole(new AssumeRoleRequest(role.Arn, "session"), _host.Root)).Credentials;
        Assert.Null(await _host.FindAsync(key.AccessKeyId, null, "i-1"));
        Assert.Null(await _host.FindAsync(session.AccessKeyId, session.SessionToken, "i-1"));
    }

    [Fact]
    public async Task AssumeRole_FromASandbox_StaysInIt()
    {
        var worker = await _host.CreateRoleAsync("worker");
        var other = await _host.CreateRoleAsync("other", IdentityHost.Trust($$"""{"AWS":"{{worker.Arn}}"}"""));
        var issued = await IssueAsync(worker.Arn, "i-1");
        var inside = (await _host.FindAsync(issued.AccessKeyId, issued.SessionToken, "i-1"))!.Principal;
        var chained = (await _host.Sts.AssumeRole(new AssumeRoleRequest(other.Arn, "chained"), IdentityHost.CallOf(inside))).Credentials;
        Assert.NotNull(await _host.FindAsync(chained.AccessKeyId, chained.SessionToken, "i-1"));
        Assert.Null(await _host.FindAsync(chained.AccessKeyId, chained.SessionToken));
    }

    [Fact]
    public async Task Authorize_FunctionWhoseRoleAllowsNothing_IsDenied()
    {
        var role = await _host.CreateRoleAsync("worker");
        var issued = await IssueAsync(role.Arn, "i-1");
        var function = (await _host.FindAsync(issued.AccessKeyId, issued.SessionToken, "i-1"))!.Principal;
        Assert.Equal(
            "User: arn:aws:sts::111122223333:assumed-role/worker/hello is not authorized to perform: lambda:InvokeFunction on resource: "
            + "arn:aws:lambda:eu-west-1:111122223333:function:other because no identity-based policy allows the lambda:InvokeFunction action",
            await _host.DeniedAsync(function, "lambda:InvokeFunction", "arn:aws:lambda:eu-west-1:111122223333:function:other"));
    }

    [Fact]
    public async Task UnknownRole_WhileOnlyTheLoopbackKeyExists_HasFullRightsInItsAccount()
    {
        var roles = _host.Get<IRoleCheck>();
        Assert.Equal(RoleStanding.AcceptedUnknown, await roles.CheckServiceAsync(UnknownRole, "lambda.amazonaws.com"));
        var issued = await IssueAsync(UnknownRole, "i-1");
        var function = (await _host.FindAsync(issued.AccessKeyId, issued.SessionToken, "i-1"))!.Principal;
        Assert.Null(await _host.DeniedAsync(function, "sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:q"));
        Assert.NotNull(await _host.DeniedAsync(function, "sqs:SendMessage", "arn:aws:sqs:eu-west-1:999988887777:q"));

        // A key of a user ends it, for what was issued before too.
        await _host.CreateUserAsync("alice");
        Assert.Equal(RoleStanding.NotFound, await roles.CheckServiceAsync(UnknownRole, "lambda.amazonaws.com"));
        Assert.NotNull(await _host.DeniedAsync(function, "sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:q"));
        await Assert.ThrowsAsync<FunctionStartException>(() => IssueAsync(UnknownRole, "i-1"));
    }

    [Fact]
    public async Task UnknownRole_WithGeneratedKeys_IsRefused()
    {
        await using var host = new IdentityHost(generatedKeys: true);
        Assert.Equal(RoleStanding.NotFound, await host.Get<IRoleCheck>().CheckServiceAsync(UnknownRole, "lambda.amazonaws.com"));
    }

    [Fact]
    public async Task CheckService_Role_MustTrustTheService()
    {
        var roles = _host.Get<IRoleCheck>();
        var trusting = await _host.CreateRoleAsync("a");
        var other = await _host.CreateRoleAsync("b", IdentityHost.Trust("""{"Service":"ec2.amazonaws.com"}"""));
        Assert.Equal(RoleStanding.Assumable, await roles.CheckServiceAsync(trusting.Arn, "lambda.amazonaws.com"));
        Assert.Equal(RoleStanding.NotTrusted, await roles.CheckServiceAsync(other.Arn, "lambda.amazonaws.com"));
        Assert.Equal(RoleStanding.NotFound, await roles.CheckServiceAsync("arn:aws:iam::111122223333:user/a", "lambda.amazonaws.com"));
    }

    private Task<FunctionCredentials> IssueAsync(string roleArn, string instance) => _host.Get<IFunctionCredentials>().IssueAsync(
        new FunctionSpec
        {
            PoolKey = "p",
            Account = IdentityHost.Account,
            Region = "eu-west-1",
            Name = "hello",
            FunctionArn = "arn:aws:lambda:eu-west-1:111122223333:function:hello",
            Version = "$LATEST",
            Runtime = "python3.12",
            Handler = "app.handler",
            CodeDirectory = "/none",
            RoleArn = roleArn,
            LogGroup = "/aws/lambda/hello",
        },
        instance,
        CancellationToken.None).AsTask();
}
