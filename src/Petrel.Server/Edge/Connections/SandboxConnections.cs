using System.Net.Sockets;
using System.Runtime.CompilerServices;
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
    /// <summary>Connections of one sandbox at a time; SDKs keep 50. Without a bound one function could take all descriptors of the daemon.</summary>
    public const int MaxConnections = 256;

    /// <summary>What each may have while all sandboxes together have more than <see cref="Many"/>: some always remain for the others.</summary>
    public const int FewConnections = 16;

    public const int Many = 4096;

    private readonly SocketConnectionContextFactory _factory = new(new SocketConnectionFactoryOptions(), logger);

    /// <summary>How many are open, by the sandbox's identity, of which there is one object for each sandbox.</summary>
    private readonly ConditionalWeakTable<SandboxIdentity, StrongBox<int>> _open = [];

    private int _all;

    public void Serve(Socket connection, SandboxIdentity identity)
    {
        var open = _open.GetOrCreateValue(identity);
        var allowed = Interlocked.Increment(ref _all) > Many ? FewConnections : MaxConnections;
        if (Interlocked.Increment(ref open.Value) > allowed)
        {
            Closed(open);
            connection.Dispose();
            return;
        }

        var context = _factory.Create(connection);
        context.ConnectionClosed.Register(() => Closed(open));
        context.Features.Set(identity);
        if (!feeds.Sandboxes.TryOffer(context))
        {
            context.Abort();
        }
    }

    private void Closed(StrongBox<int> open)
    {
        Interlocked.Decrement(ref open.Value);
        Interlocked.Decrement(ref _all);
    }

    public void Dispose() => _factory.Dispose();
}
