using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Petrel.Server.Edge;
using Petrel.Server.Settings;
using Petrel.Storage;
using Petrel.Tests.Wire;

namespace Petrel.Tests.Edge;

/// <summary>A real Kestrel on a free port with the edge and toy services behind it.</summary>
public sealed class EdgeHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private EdgeHost(WebApplication app)
    {
        _app = app;
        Endpoint = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        Client = new HttpClient { BaseAddress = Endpoint };
    }

    public Uri Endpoint { get; }

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    internal static async Task<EdgeHost> StartAsync(EdgeOptions? edge = null, Action<IServiceCollection>? customise = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services
            .AddLogging()
            .AddSingleton(new PetrelOptions
            {
                Edge = (edge ?? new EdgeOptions()) with { Port = 0 },
                Storage = new StorageOptions { Data = Path.Combine(Path.GetTempPath(), "petrel-no-keys-here") },
            })
            .AddSingleton(TimeProvider.System)
            .AddSingleton<IIdSource, SystemIdSource>()
            .AddSingleton<IAuthorizer, RecordingAuthorizer>()
            .AddAwsService<IToy, ToyService>()
            .AddAwsService<IToyLogs, ToyLogsService>()
            .AddAwsService<IToyQuery, ToyQueryService>()
            .AddAwsService<IToyObjects, ToyObjectsService>()
            .AddPetrelEdge();
        customise?.Invoke(builder.Services);
        var app = builder.Build();
        app.UsePetrelEdge();
        await app.StartAsync();
        return new EdgeHost(app);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
