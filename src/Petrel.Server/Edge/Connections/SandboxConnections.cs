using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Petrel.Functions;

namespace Petrel.Server.Edge;

/// <summary>
/// Takes connections of sandboxes. The identity goes with the connection, so that every request on it is known to come from there, whatever
/// its headers say.
/// </summary>
internal sealed class SandboxConnections(EdgeFeeds feeds, ILogger<SandboxConnections> logger) : ISandboxConnections, IDisposable
{
    private readonly SocketConnectionContextFactory _factory = new(new SocketConnectionFactoryOptions(), logger);

    public void Serve(Socket connection, SandboxIdentity identity)
    {
        var context = _factory.Create(connection);
        context.Features.Set(identity);
        if (!feeds.Sandboxes.TryOffer(context))
        {
            context.Abort();
        }
    }

    public void Dispose() => _factory.Dispose();
}
