using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Petrel.Aws.Iam;
using Petrel.Aws.Lambda;
using Petrel.Functions;
using Petrel.Server.Edge;
using Petrel.Server.Security;
using Petrel.Server.Services.Lambda;
using Petrel.Server.Services.Lambda.Packages;
using Petrel.Server.Settings;
using Petrel.Storage;
using Petrel.Storage.Blobs;
using Petrel.Storage.Memory;
using Petrel.Testing;
using Petrel.Wire;

namespace Petrel.Tests.Lambda.Control;

/// <summary>The Lambda service over the memory store, a scripted engine and a folder of its own.</summary>
internal sealed class ControlPlane : IAsyncDisposable
{
    public const string Account = "111111111111";
    public const string Region = "eu-west-1";
    public const string Role = $"arn:aws:iam::{Account}:role/worker";

    private readonly ServiceProvider _services;

    public ControlPlane(RuntimeCatalogue? runtimes = null, IStore? store = null, string? folder = null, IServiceCollection? more = null)
    {
        Folder = folder ?? Path.Combine(Path.GetTempPath(), $"petrel-lambda-{Guid.CreateVersion7():n}");
        Store = store ?? new MemoryStore();
        Engine = runtimes is null ? new ScriptedEngine() : new ScriptedEngine { Runtimes = runtimes };
        var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(new PetrelOptions { Storage = new StorageOptions { Data = Folder } })
            .AddSingleton<IStore>(Store)
            .AddSingleton<TimeProvider>(Clock)
            .AddSingleton<IIdSource, SystemIdSource>()
            .AddSingleton<IBlobStore>(p => new FileBlobStore(Store, Path.Combine(Folder, "blobs"), Clock, p.GetRequiredService<IIdSource>()))
            .AddSingleton<ISecretBox>(p => new SecretBox(new byte[SecretBox.KeyBytes], p.GetRequiredService<IIdSource>()))
            .AddSingleton<IFunctionEngine>(Engine)
            .AddSingleton<IRoleCheck>(Roles)
            .AddSingleton<IAuthorizer>(Access)
            .AddLambda();
        foreach (var service in more ?? new ServiceCollection())
        {
            services.Add(service);
        }

        _services = services.BuildServiceProvider();
        Lambda = _services.GetRequiredService<ILambda>();
    }

    public string Folder { get; }

    public IStore Store { get; }

    public ManualClock Clock { get; } = new();

    public ScriptedEngine Engine { get; }

    public KnownRoles Roles { get; } = new();

    public AccessRules Access { get; } = new();

    public ILambda Lambda { get; }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public static string Arn(string function, string? qualifier = null) =>
        $"arn:aws:lambda:{Region}:{Account}:function:{function}{(qualifier is null ? "" : $":{qualifier}")}";

    public static CallContext Call(string account = Account, string region = Region) => new()
    {
        Account = account,
        Region = region,
        Caller = Principal.Root(account),
        RequestId = Guid.CreateVersion7().ToString(),
        Endpoint = new Uri("http://localhost:4566"),
    };

    public static CreateFunctionRequest NewFunction(string name, byte[]? zip = null) => new(
        name,
        Role,
        new FunctionCode(zip ?? Packages.Code()),
        "python3.12",
        "handler.handler");

    /// <summary>Creates a function and waits until it is active.</summary>
    public async Task<FunctionConfiguration> CreateAsync(string name, Func<CreateFunctionRequest, CreateFunctionRequest>? change = null)
    {
        var request = NewFunction(name);
        await Lambda.CreateFunction(change?.Invoke(request) ?? request, Call());
        return await SettledAsync(name);
    }

    /// <summary>The configuration once nothing is pending or in progress any more, as the SDKs' waiters see it.</summary>
    public async Task<FunctionConfiguration> SettledAsync(string name, string? qualifier = null)
    {
        while (true)
        {
            var configuration = await Lambda.GetFunctionConfiguration(new GetFunctionConfigurationRequest(name, qualifier), Call());
            if (configuration.State != "Pending" && configuration.LastUpdateStatus != "InProgress")
            {
                return configuration;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }
    }

    /// <summary>Every role exists but those that a test says do not.</summary>
    internal sealed class KnownRoles : IRoleCheck
    {
        public HashSet<string> Missing { get; } = [];

        public ValueTask<RoleStanding> CheckServiceAsync(string roleArn, string service, CancellationToken cancellationToken = default) =>
            new(Missing.Contains(roleArn) ? RoleStanding.NotFound : RoleStanding.Assumable);

        public ValueTask<(AssumableRole? Role, RoleStanding Standing)> FindForServiceAsync(
            string roleArn,
            string service,
            CancellationToken cancellationToken = default) => throw new InvalidOperationException();

        public ValueTask<AssumableRole> AuthorizeAssumeAsync(RoleAssumption assumption, CallContext call) => throw new InvalidOperationException();
    }

    /// <summary>Everything is allowed but the actions that a test denies.</summary>
    internal sealed class AccessRules : IAuthorizer
    {
        public HashSet<string> Denied { get; } = [];

        public ValueTask AuthorizeAsync(AccessCheck check, CallContext call) =>
            Denied.Contains(check.Action) ? throw CommonException.AccessDenied($"{check.Action} on {check.Resource}") : ValueTask.CompletedTask;
    }
}
