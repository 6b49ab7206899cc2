using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace Petrel.Functions.Runtimes.Api;

/// <summary>
/// A transport for Kestrel that listens nowhere itself: connections that sandboxes' own listeners accepted are fed to it.
/// </summary>
internal sealed class FedConnections : IConnectionListenerFactory, IConnectionListener
{
    /// <summary>Connections between being accepted and being served; more wait in the listeners' own queues.</summary>
    private const int Waiting = 256;

    private readonly Channel<ConnectionContext> _accepted = Channel.CreateBounded<ConnectionContext>(Waiting);

    public EndPoint EndPoint { get; } = new FedEndPoint();

    public ValueTask FeedAsync(ConnectionContext connection) => _accepted.Writer.WriteAsync(connection);

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => new(this);

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
        await _accepted.Reader.WaitToReadAsync(cancellationToken) && _accepted.Reader.TryRead(out var connection) ? connection : null;

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _accepted.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => UnbindAsync();

    private sealed class FedEndPoint : EndPoint
    {
        public override string ToString() => "sandboxes";
    }
}
