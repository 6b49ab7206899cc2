using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Petrel.Functions;

namespace Petrel.Server.Edge;

/// <summary>The edge: one port for everything, and the pipeline behind it.</summary>
internal static class EdgeModule
{
    public static IServiceCollection AddPetrelEdge(this IServiceCollection services) => services
        .AddMetrics()
        .AddSingleton<EdgeFeeds>()
        .AddSingleton<ProtocolSniffer>()
        .AddSingleton<IConnectionListenerFactory, FeedTransport>()
        .AddSingleton<IConfigureOptions<KestrelServerOptions>, KestrelSetup>()
        .Configure<SocketTransportOptions>(static sockets => sockets.UnsafePreferInlineScheduling = true) // A request goes on on the thread that read it.
        .AddSingleton<ISandboxConnections, SandboxConnections>()
        .AddSingleton<ICredentialSource, RootCredentials>()
        .AddSingleton<IEdgeRoute, HealthRoute>()
        .AddSingleton<ServiceDirectory>()
        .AddSingleton<RequestAuthenticator>()
        .AddSingleton<CallContextFactory>()
        .AddSingleton<RequestGate>()
        .AddSingleton<BodyMemory>()
        .AddSingleton<AccessStep>()
        .AddSingleton<CorsStep>()
        .AddSingleton<ServiceStep>()
        .AddSingleton<HandlerStep>()
        .AddSingleton<EdgeMetrics>()
        .AddSingleton<EdgeClock>()
        .AddSingleton<EdgePipeline>();

    /// <summary>Everything that no middleware before it has answered goes through the pipeline.</summary>
    public static void UsePetrelEdge(this IApplicationBuilder app)
    {
        var pipeline = app.ApplicationServices.GetRequiredService<EdgePipeline>();
        app.Run(pipeline.HandleAsync);
    }
}
