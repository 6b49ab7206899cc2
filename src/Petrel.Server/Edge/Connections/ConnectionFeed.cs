using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace Petrel.Server.Edge;

/// <summary>
/// An endpoint without an address of its own: connections come from code instead of a port. Kestrel binds protocols to endpoints, so
/// this is how one port serves several protocols, and how sandboxes reach the same server.
/// </summary>
internal sealed class ConnectionFeed(string name) : EndPoint
{
    /// <summary>Kestrel takes them at once; more waiting than this means that it is shutting down.</summary>
    private const int MaxWaiting = 4_096;

    private readonly Channel<ConnectionContext> _waiting = Channel.CreateBounded<ConnectionContext>(MaxWaiting);

    /// <summary>False when nobody takes connections any more; the caller still owns it then.</summary>
    public bool TryOffer(ConnectionContext connection) => _waiting.Writer.TryWrite(connection);

    /// <summary>Null when the feed is closed.</summary>
    public async ValueTask<ConnectionContext?> TakeAsync(CancellationToken cancellationToken)
    {
        while (await _waiting.Reader.WaitToReadAsync(cancellationToken))
        {
            if (_waiting.Reader.TryRead(out var connection))
            {
                return connection;
            }
        }

        return null;
    }

    public void Close() => _waiting.Writer.TryComplete();

    public override string ToString() => name;
}

/// <summary>Lets Kestrel listen on feeds; real addresses remain with its socket transport.</summary>
internal sealed class FeedTransport : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    public bool CanBind(EndPoint endpoint) => endpoint is ConnectionFeed;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IConnectionListener>(new FeedListener((ConnectionFeed)endpoint));

    private sealed class FeedListener(ConnectionFeed feed) : IConnectionListener
    {
        public EndPoint EndPoint => feed;

        public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) => feed.TakeAsync(cancellationToken);

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            feed.Close();
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync()
        {
            feed.Close();
            return ValueTask.CompletedTask;
        }
    }
}
