using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Petrel.Functions.Sandboxes.Network;

namespace Petrel.Functions.Runtimes.Api;

/// <summary>
/// Serves the Lambda Runtime API at 127.0.0.1:9001 inside every sandbox. One Kestrel serves them all; which sandbox a request comes from
/// is known by the listener that accepted its connection, and cannot be said by the request.
/// </summary>
internal sealed class RuntimeApiServer(ILoggerFactory logs) : IAsyncDisposable
{
    /// <summary>Connections of one sandbox at a time: runtime clients use one or two.</summary>
    private const int MaxConnections = 32;

    private readonly FedConnections _connections = new();
    private readonly SocketConnectionContextFactory _contexts = new(new SocketConnectionFactoryOptions(), logs.CreateLogger<RuntimeApiServer>());
    private readonly Lock _starting = new();
    private KestrelServer? _server;
    private Task? _started;

    /// <summary>Serves what connects to a sandbox's listener, until the sandbox disposes it.</summary>
    public async Task ServeAsync(Socket listener, RuntimeApiSession session)
    {
        await StartOnceAsync();
        var open = 0;
        var accepts = new SandboxAccepts(listener, TimeProvider.System);
        while (await accepts.NextAsync() is { } socket)
        {
            if (Interlocked.Increment(ref open) > MaxConnections)
            {
                Interlocked.Decrement(ref open);
                socket.Dispose();
                continue;
            }

            if (socket.ProtocolType == ProtocolType.Tcp)
            {
                socket.NoDelay = true;
            }

            var connection = _contexts.Create(socket);
            connection.Features.Set(session);
            connection.ConnectionClosed.Register(() => Interlocked.Decrement(ref open));
            await _connections.FeedAsync(connection);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is { } server)
        {
            // Requests for the next event never end by themselves.
            await server.StopAsync(new CancellationToken(canceled: true));
            server.Dispose();
        }

        _contexts.Dispose();
    }

    // The first sandbox starts it: a daemon without functions does not need it.
    private Task StartOnceAsync()
    {
        lock (_starting)
        {
            return _started ??= StartAsync();
        }
    }

    private Task StartAsync()
    {
        var options = new KestrelServerOptions
        {
            AddServerHeader = false,
            ApplicationServices = new ServiceCollection().AddSingleton(logs).AddLogging().BuildServiceProvider(),
        };
        options.Limits.MaxRequestBodySize = null; // Answers are measured while they are read: a long one has an answer of its own.
        options.Limits.MinRequestBodyDataRate = null;
        options.Limits.MinResponseDataRate = null;

        // A client keeps its connection as long as its instance lives. An infinite time overflows in Kestrel's own clock, and ends at once.
        options.Limits.KeepAliveTimeout = TimeSpan.FromDays(3650);
        options.Listen(_connections.EndPoint);
        _server = new KestrelServer(Options.Create(options), _connections, logs);
        return _server.StartAsync(new RuntimeApiApplication(), CancellationToken.None);
    }
}
