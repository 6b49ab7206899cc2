using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Petrel.Server.Administration;
using Petrel.Server.Edge;
using Petrel.Server.Metering;
using Petrel.Server.Security;
using Petrel.Server.Services.DynamoDb;
using Petrel.Server.Services.Iam;
using Petrel.Server.Services.Lambda;
using Petrel.Server.Services.Logs;
using Petrel.Server.Services.S3;
using Petrel.Server.Services.Sts;
using Petrel.Server.Settings;
using Petrel.Server.Telemetry;
using Petrel.Storage;

namespace Petrel.Server;

/// <summary>
/// A running daemon. This file is the composition root: every module of the platform is one line of <see cref="AddPetrel"/>.
/// </summary>
public sealed class PetrelServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly PetrelStorage _storage;

    private PetrelServer(WebApplication app, PetrelStorage storage) => (_app, _storage) = (app, storage);

    public IServiceProvider Services => _app.Services;

    /// <summary>Where the edge listens: <c>http://127.0.0.1:4566</c>.</summary>
    public Uri Endpoint => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Starts a daemon; it is ready (store open, edge serving) when the task completes.</summary>
    /// <param name="customise">Replaces services in tests: clocks, engines, fault plans.</param>
    public static async Task<PetrelServer> StartAsync(
        PetrelOptions options,
        Action<IServiceCollection>? customise = null,
        CancellationToken cancellationToken = default)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "petrel" });
        builder.Logging.AddPetrelConsole();
        builder.WebHost.UseKestrelCore();
        var storage = await OpenStorageAsync(options.Storage, cancellationToken);
        builder.Services.AddPetrel(options, storage);
        customise?.Invoke(builder.Services);

        var app = builder.Build();
        app.UsePetrelMetrics();
        app.UsePetrelEdge();
        await app.StartAsync(cancellationToken);
        return new PetrelServer(app, storage);
    }

    private static async Task<PetrelStorage> OpenStorageAsync(StorageOptions options, CancellationToken cancellationToken)
    {
        var settings = new StoreSettings { Engine = options.Engine, DataFolder = Path.GetFullPath(options.Data), Postgres = options.Postgres };
        var logger = LoggerFactory.Create(log => log.AddPetrelConsole()).CreateLogger<PetrelStorage>();
        return await PetrelStorage.OpenAsync(settings, new StorageServices(TimeProvider.System, new SystemIdSource(), logger), cancellationToken);
    }

    public Task WaitForShutdownAsync(CancellationToken cancellationToken = default) =>
        _app.WaitForShutdownAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _storage.DisposeAsync();
    }
}

/// <summary>The modules of the platform.</summary>
internal static class PetrelModules
{
    public static IServiceCollection AddPetrel(this IServiceCollection services, PetrelOptions options, PetrelStorage storage) => services
        .AddSingleton(options)
        .AddPetrelStorage(storage)
        .AddSingleton(TimeProvider.System)
        .AddSingleton<IIdSource, SystemIdSource>()
        .AddPetrelTelemetry(options.Telemetry)
        .AddPetrelEdge()
        .AddPetrelSecurity()
        .AddPetrelAdministration()
        .AddIam()
        .AddSts()
        .AddLogs()
        .AddS3()
        .AddMetering(options.Metering)
        .AddFunctions(options)
        .AddLambda()
        .AddDynamoDb();
}
