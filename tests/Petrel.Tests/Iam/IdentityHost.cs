using Microsoft.Extensions.DependencyInjection;
using Petrel.Aws.Iam;
using Petrel.Aws.Sts;
using Petrel.Server.Edge;
using Petrel.Server.Security;
using Petrel.Server.Services.Iam;
using Petrel.Server.Services.Sts;
using Petrel.Server.Settings;
using Petrel.Storage;
using Petrel.Storage.Memory;
using Petrel.Testing;
using Petrel.Wire;

namespace Petrel.Tests.Iam;

/// <summary>IAM and STS in process, over a store in memory and a clock that the test moves.</summary>
internal sealed class IdentityHost : IAsyncDisposable
{
    public const string Account = "111122223333";
    public const string LambdaTrust =
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}""";

    private readonly ServiceProvider _services;

    public IdentityHost(bool generatedKeys = false)
    {
        _services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(new PetrelOptions { Storage = new StorageOptions { Engine = "memory", Data = Path.Combine(Path.GetTempPath(), "petrel-no-keys-here") } })
            .AddSingleton<TimeProvider>(Clock)
            .AddSingleton<IIdSource, SystemIdSource>()
            .AddSingleton<IStore, MemoryStore>()
            .AddPetrelSecurity()
            .AddSingleton(new InstallationKeys(generatedKeys))
            .AddIam()
            .AddSts()
            .BuildServiceProvider();
    }

    public ManualClock Clock { get; } = new(new DateTimeOffset(2026, 1, 31, 10, 20, 30, TimeSpan.Zero));

    public IIam Iam => Get<IIam>();

    public ISts Sts => Get<ISts>();

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    public CallContext Root { get; } = CallOf(Principal.Root(Account));

    public static CallContext CallOf(Principal caller, string account = Account) => new()
    {
        Account = account,
        Region = "eu-west-1",
        Caller = caller,
        RequestId = "request",
        Endpoint = new Uri("http://localhost:4566"),
        SourceIp = "127.0.0.1",
    };

    public static string Trust(string principal) =>
        $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{{principal}},"Action":"sts:AssumeRole"}]}""";

    public static string Allow(string action, string resource = "*") =>
        $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"{{action}}","Resource":"{{resource}}"}]}""";

    public async Task<Role> CreateRoleAsync(string name, string? trust = null, string? path = null) =>
        (await Iam.CreateRole(new CreateRoleRequest(name, trust ?? LambdaTrust, path), Root)).Role;

    public async Task<(Principal Principal, AccessKey Key)> CreateUserAsync(string name, string? path = null)
    {
        await Iam.CreateUser(new CreateUserRequest(name, path), Root);
        var key = (await Iam.CreateAccessKey(new CreateAccessKeyRequest(name), Root)).AccessKey;
        return ((await FindAsync(key.AccessKeyId, null))!.Principal, key);
    }

    public ValueTask<SigningCredential?> FindAsync(string accessKeyId, string? token, string? sandbox = null) =>
        Get<ICredentialSource>().FindAsync(accessKeyId, token, new RequestOrigin(sandbox, Loopback: true), CancellationToken.None);

    /// <summary>The caller that temporary credentials make.</summary>
    public async Task<Principal> SignInAsync(StsCredentials credentials, string? sandbox = null) =>
        (await FindAsync(credentials.AccessKeyId, credentials.SessionToken, sandbox))!.Principal;

    public async Task<string?> DeniedAsync(Principal caller, string action, string resource = "*", string? resourcePolicy = null)
    {
        try
        {
            await Get<IAuthorizer>().AuthorizeAsync(new AccessCheck(action, resource, resourcePolicy), CallOf(caller));
            return null;
        }
        catch (CommonException denied)
        {
            Assert.Equal("AccessDeniedException", denied.Code);
            return denied.Message;
        }
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}

internal static class IamAssert
{
    public static async Task FailsAsync(string code, string message, Func<Task> operation)
    {
        var failure = await Assert.ThrowsAnyAsync<ServiceException>(operation);
        Assert.Equal((code, message), (failure.Code, failure.Message));
    }
}
