using Petrel.Aws.Iam;
using Petrel.Aws.Sts;
using Petrel.Server.Security;
using Petrel.Tests.Iam;
using Petrel.Wire;

namespace Petrel.Tests.Sts;

public sealed class AssumeRoleTests : IAsyncDisposable
{
    private const string RootTrust = """{"AWS":"arn:aws:iam::111122223333:root"}""";

    private readonly IdentityHost _host = new();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task GetCallerIdentity_Root_IsTheAccount() => Assert.Equal(
        new GetCallerIdentityResult("111122223333", "111122223333", "arn:aws:iam::111122223333:root"),
        await _host.Sts.GetCallerIdentity(new GetCallerIdentityRequest(), _host.Root));

    [Fact]
    public async Task AssumeRole_ThatTrustsTheAccount_SignsInAsTheRole()
    {
        var role = await _host.CreateRoleAsync("worker", IdentityHost.Trust(RootTrust), "/team/");
        var assumed = await AssumeAsync(_host.Root, role.Arn);
        Assert.Equal("arn:aws:sts::111122223333:assumed-role/worker/session", assumed.AssumedRoleUser.Arn);
        Assert.Equal($"{role.RoleId}:session", assumed.AssumedRoleUser.AssumedRoleId);
        Assert.Equal(_host.Clock.GetUtcNow().AddHours(1), assumed.Credentials.Expiration);
        Assert.Matches("^ASIA[A-Z2-7]{16}$", assumed.Credentials.AccessKeyId);

        var worker = await _host.SignInAsync(assumed.Credentials);
        var identity = await _host.Sts.GetCallerIdentity(new GetCallerIdentityRequest(), IdentityHost.CallOf(worker));
        Assert.Equal("arn:aws:sts::111122223333:assumed-role/worker/session", identity.Arn);
        Assert.NotNull(await _host.DeniedAsync(worker, "s3:GetObject"));
        await _host.Iam.AttachRolePolicy(new AttachRolePolicyRequest("worker", "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"), _host.Root);
        Assert.Null(await _host.DeniedAsync(worker, "s3:GetObject"));
        Assert.NotNull(await _host.DeniedAsync(worker, "s3:PutObject"));
    }

    [Fact]
    public async Task AssumeRole_ThatTrustsOnlyLambda_IsDeniedEvenToRoot()
    {
        var role = await _host.CreateRoleAsync("worker");
        await IamAssert.FailsAsync(
            "AccessDeniedException",
            $"User: arn:aws:iam::111122223333:root is not authorized to perform: sts:AssumeRole on resource: {role.Arn}",
            () => AssumeAsync(_host.Root, role.Arn));
    }

    [Fact]
    public async Task AssumeRole_ByAUser_NeedsAPolicyUnlessTheTrustNamesTheUser()
    {
        var (alice, _) = await _host.CreateUserAsync("alice");
        var byAccount = await _host.CreateRoleAsync("one", IdentityHost.Trust(RootTrust));
        var byName = await _host.CreateRoleAsync("two", IdentityHost.Trust($$"""{"AWS":"{{alice.Arn}}"}"""));
        await Assert.ThrowsAsync<CommonException>(() => AssumeAsync(IdentityHost.CallOf(alice), byAccount.Arn));
        await AssumeAsync(IdentityHost.CallOf(alice), byName.Arn);
        await _host.Iam.PutUserPolicy(new PutUserPolicyRequest("alice", "p", IdentityHost.Allow("sts:AssumeRole", byAccount.Arn)), _host.Root);
        await AssumeAsync(IdentityHost.CallOf(alice), byAccount.Arn);
    }

    [Fact]
    public async Task AssumeRole_AcrossAccounts_NeedsBothSides()
    {
        var role = await _host.CreateRoleAsync("shared", IdentityHost.Trust("""{"AWS":"999988887777"}"""));
        var stranger = IdentityHost.CallOf(Principal.Root("888877776666"), "888877776666");
        var friend = IdentityHost.CallOf(Principal.Root("999988887777"), "999988887777");
        await Assert.ThrowsAsync<CommonException>(() => AssumeAsync(stranger, role.Arn));
        Assert.StartsWith("arn:aws:sts::111122223333:", (await AssumeAsync(friend, role.Arn)).AssumedRoleUser.Arn, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AssumeRole_ExternalId_MustMatchTheTrustPolicy()
    {
        const string Trust = """
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole",
             "Condition":{"StringEquals":{"sts:ExternalId":"secret"}}}]}
            """;
        var role = await _host.CreateRoleAsync("r", Trust);
        await Assert.ThrowsAsync<CommonException>(() => AssumeAsync(_host.Root, role.Arn));
        await _host.Sts.AssumeRole(new AssumeRoleRequest(role.Arn, "session", ExternalId: "secret"), _host.Root);
    }

    [Fact]
    public async Task AssumeRole_SessionPolicy_LimitsTheSession()
    {
        var role = await _host.CreateRoleAsync("r", IdentityHost.Trust(RootTrust));
        await _host.Iam.PutRolePolicy(new PutRolePolicyRequest("r", "p", IdentityHost.Allow("*")), _host.Root);
        var request = new AssumeRoleRequest(role.Arn, "session", Policy: IdentityHost.Allow("s3:*"));
        var session = await _host.SignInAsync((await _host.Sts.AssumeRole(request, _host.Root)).Credentials);
        Assert.Null(await _host.DeniedAsync(session, "s3:GetObject"));
        Assert.EndsWith("because no session policy allows the sqs:SendMessage action", await _host.DeniedAsync(session, "sqs:SendMessage"), StringComparison.Ordinal);
        await IamAssert.FailsAsync(
            "MalformedPolicyDocument",
            "Syntax errors in policy.",
            () => _host.Sts.AssumeRole(request with { Policy = "{" }, _host.Root));
    }

    [Fact]
    public async Task AssumeRole_DurationBeyondTheRoles_IsRefused()
    {
        var role = await _host.CreateRoleAsync("r", IdentityHost.Trust(RootTrust));
        await IamAssert.FailsAsync(
            "ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
            () => _host.Sts.AssumeRole(new AssumeRoleRequest(role.Arn, "session", DurationSeconds: 7_200), _host.Root));
    }

    [Fact]
    public async Task Session_AfterItsTime_IsExpired()
    {
        var role = await _host.CreateRoleAsync("r", IdentityHost.Trust(RootTrust));
        var credentials = (await AssumeAsync(_host.Root, role.Arn)).Credentials;
        Assert.False((await _host.FindAsync(credentials.AccessKeyId, credentials.SessionToken))!.Expired);
        _host.Clock.Advance(TimeSpan.FromHours(1));
        Assert.True((await _host.FindAsync(credentials.AccessKeyId, credentials.SessionToken))!.Expired);
    }

    [Fact]
    public async Task Session_TokenChangedAnywhere_IsRefused()
    {
        var role = await _host.CreateRoleAsync("r", IdentityHost.Trust(RootTrust));
        var credentials = (await AssumeAsync(_host.Root, role.Arn)).Credentials;
        var token = Convert.FromBase64String(credentials.SessionToken);
        for (var i = 0; i < token.Length; i++)
        {
            token[i] ^= 1;
            Assert.Null(await _host.FindAsync(credentials.AccessKeyId, Convert.ToBase64String(token)));
            token[i] ^= 1;
        }

        Assert.Null(await _host.FindAsync("ASIAAAAAAAAAAAAAAAAA", credentials.SessionToken));
        Assert.Null(await _host.FindAsync(credentials.AccessKeyId, "not base 64"));
        Assert.Null(await _host.FindAsync(credentials.AccessKeyId, null));
    }

    [Fact]
    public async Task Session_OfARoleMadeAnew_HasNoRights()
    {
        var role = await _host.CreateRoleAsync("r", IdentityHost.Trust(RootTrust));
        var session = await _host.SignInAsync((await AssumeAsync(_host.Root, role.Arn)).Credentials);
        await _host.Iam.DeleteRole(new DeleteRoleRequest("r"), _host.Root);
        Assert.NotNull(await _host.DeniedAsync(session, "s3:GetObject"));
        await _host.CreateRoleAsync("r", IdentityHost.Trust(RootTrust));
        await _host.Iam.AttachRolePolicy(new AttachRolePolicyRequest("r", "arn:aws:iam::aws:policy/AdministratorAccess"), _host.Root);
        Assert.NotNull(await _host.DeniedAsync(session, "s3:GetObject"));
    }

    [Fact]
    public async Task GetSessionToken_OfAUser_IsTheUserForAWhile()
    {
        var (alice, _) = await _host.CreateUserAsync("alice");
        var credentials = (await _host.Sts.GetSessionToken(new GetSessionTokenRequest(900), IdentityHost.CallOf(alice))).Credentials;
        var session = await _host.SignInAsync(credentials);
        Assert.Equal(alice.Arn, session.Arn);
        await IamAssert.FailsAsync(
            "AccessDeniedException",
            "Cannot call GetSessionToken with session credentials",
            () => _host.Sts.GetSessionToken(new GetSessionTokenRequest(), IdentityHost.CallOf(session)));
    }

    [Fact]
    public async Task GetAccessKeyInfo_OfAKeyMadeHere_NamesItsAccount()
    {
        var id = AccessKeyIds.NewKeyId("ASIA", "000000000042", new Petrel.Storage.SystemIdSource());
        Assert.Equal("000000000042", (await _host.Sts.GetAccessKeyInfo(new GetAccessKeyInfoRequest(id), _host.Root)).Account);
    }

    private Task<AssumeRoleResult> AssumeAsync(CallContext call, string roleArn) =>
        _host.Sts.AssumeRole(new AssumeRoleRequest(roleArn, "session"), call);
}
