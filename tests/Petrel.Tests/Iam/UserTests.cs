using Petrel.Aws.Iam;
using Petrel.Server.Security;
using Petrel.Server.Services.Iam.Store;
using Petrel.Wire;

namespace Petrel.Tests.Iam;

public sealed class UserTests : IAsyncDisposable
{
    private readonly IdentityHost _host = new();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task CreateAccessKey_OfAUser_SignsInAsThatUser()
    {
        await _host.Iam.CreateUser(new CreateUserRequest("alice", "/team/"), _host.Root);
        var key = (await _host.Iam.CreateAccessKey(new CreateAccessKeyRequest("alice"), _host.Root)).AccessKey;
        Assert.Matches("^AKIA[A-Z2-7]{16}$", key.AccessKeyId);
        Assert.Equal(IdentityHost.Account, AccessKeyIds.AccountOf(key.AccessKeyId));
        var found = (await _host.FindAsync(key.AccessKeyId, null))!;
        Assert.Equal(key.SecretAccessKey, found.Secret);
        Assert.Equal((PrincipalKind.User, "arn:aws:iam::111122223333:user/team/alice"), (found.Principal.Kind, found.Principal.Arn));
        var own = (await _host.Iam.GetUser(new GetUserRequest(), IdentityHost.CallOf(found.Principal))).User;
        Assert.Equal(found.Principal.PrincipalId, own.UserId);
    }

    [Fact]
    public async Task CreateAccessKey_Secret_IsSealedInTheStore()
    {
        var (_, key) = await _host.CreateUserAsync("alice");
        var state = await _host.Get<IamStore>().ReadAsync(tx => IamStore.FindAccessKeyAsync(tx, key.AccessKeyId));
        Assert.DoesNotContain(key.SecretAccessKey, System.Text.Encoding.UTF8.GetString(state!.SealedSecret), StringComparison.Ordinal);
    }

    [Fact]
    public async Task UpdateAccessKey_Inactive_NoLongerSignsIn()
    {
        var (_, key) = await _host.CreateUserAsync("alice");
        await _host.Iam.UpdateAccessKey(new UpdateAccessKeyRequest(key.AccessKeyId, "Inactive", "alice"), _host.Root);
        Assert.Null(await _host.FindAsync(key.AccessKeyId, null));
        Assert.Equal("Inactive", (await _host.Iam.ListAccessKeys(new ListAccessKeysRequest("alice"), _host.Root)).AccessKeyMetadata.Single().Status);
    }

    [Fact]
    public async Task DeleteUser_WithKeys_ConflictsUntilTheyAreGone()
    {
        var (_, key) = await _host.CreateUserAsync("alice");
        await IamAssert.FailsAsync("DeleteConflict", "Cannot delete entity, must delete access keys first.", Delete);
        await _host.Iam.DeleteAccessKey(new DeleteAccessKeyRequest(key.AccessKeyId, "alice"), _host.Root);
        await Delete();
        Assert.Null(await _host.FindAsync(key.AccessKeyId, null));

        Task Delete() => _host.Iam.DeleteUser(new DeleteUserRequest("alice"), _host.Root);
    }

    [Fact]
    public async Task CreateAccessKey_TheThird_IsRefused()
    {
        await _host.CreateUserAsync("alice");
        await _host.Iam.CreateAccessKey(new CreateAccessKeyRequest("alice"), _host.Root);
        await IamAssert.FailsAsync(
            "LimitExceeded",
            "Cannot exceed quota for AccessKeysPerUser: 2",
            () => _host.Iam.CreateAccessKey(new CreateAccessKeyRequest("alice"), _host.Root));
    }

    [Fact]
    public async Task UpdateUser_NewName_KeepsItsKeys()
    {
        var (_, key) = await _host.CreateUserAsync("alice");
        await _host.Iam.UpdateUser(new UpdateUserRequest("alice", "/x/", "alicia"), _host.Root);
        Assert.Equal("arn:aws:iam::111122223333:user/x/alicia", (await _host.FindAsync(key.AccessKeyId, null))!.Principal.Arn);
    }

    [Fact]
    public async Task Authorize_User_ByItsPoliciesAtOnce()
    {
        var (alice, _) = await _host.CreateUserAsync("alice");
        Assert.Equal(
            "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: sqs:SendMessage on resource: * because no identity-based policy allows the sqs:SendMessage action",
            await _host.DeniedAsync(alice, "sqs:SendMessage"));
        await _host.Iam.PutUserPolicy(new PutUserPolicyRequest("alice", "p", IdentityHost.Allow("sqs:*")), _host.Root);
        Assert.Null(await _host.DeniedAsync(alice, "sqs:SendMessage"));
        await _host.Iam.PutUserPermissionsBoundary(new PutUserPermissionsBoundaryRequest("alice", "arn:aws:iam::aws:policy/AmazonS3FullAccess"), _host.Root);
        Assert.EndsWith("because no permissions boundary allows the sqs:SendMessage action", await _host.DeniedAsync(alice, "sqs:SendMessage"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Authorize_UserMadeAnewUnderTheSameName_IsAnother()
    {
        var (alice, key) = await _host.CreateUserAsync("alice");
        var session = await _host.Sts.GetSessionToken(new Petrel.Aws.Sts.GetSessionTokenRequest(), IdentityHost.CallOf(alice));
        var signedIn = await _host.SignInAsync(session.Credentials);
        await _host.Iam.DeleteAccessKey(new DeleteAccessKeyRequest(key.AccessKeyId, "alice"), _host.Root);
        await _host.Iam.DeleteUser(new DeleteUserRequest("alice"), _host.Root);
        await _host.CreateUserAsync("alice");
        await _host.Iam.AttachUserPolicy(new AttachUserPolicyRequest("alice", "arn:aws:iam::aws:policy/AdministratorAccess"), _host.Root);
        Assert.NotNull(await _host.DeniedAsync(signedIn, "s3:GetObject"));
    }
}
