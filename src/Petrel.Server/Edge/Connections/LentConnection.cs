using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Petrel.Server.Edge;

/// <summary>
/// A connection that one endpoint accepted and another serves. The second one's disposal says only that it has finished; the first one
/// closes the connection.
/// </summary>
internal sealed class LentConnection(ConnectionContext owner) : ConnectionContext
{
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Finished => _finished.Task;

    public override IDuplexPipe Transport
    {
        get => owner.Transport;
        set => owner.Transport = value;
    }

    public override string ConnectionId
    {
        get => owner.ConnectionId;
        set => owner.ConnectionId = value;
    }

    public override IFeatureCollection Features => owner.Features;

    public override IDictionary<object, object?> Items
    {
        get => owner.Items;
        set => owner.Items = value;
    }

    public override CancellationToken ConnectionClosed
    {
        get => owner.ConnectionClosed;
        set => owner.ConnectionClosed = value;
    }

    public override EndPoint? LocalEndPoint
    {
        get => owner.LocalEndPoint;
        set => owner.LocalEndPoint = value;
    }

    public override EndPoint? RemoteEndPoint
    {
        get => owner.RemoteEndPoint;
        set => owner.RemoteEndPoint = value;
    }

    public override void Abort(ConnectionAbortedException abortReason) => owner.Abort(abortReason);

    public override ValueTask DisposeAsync()
    {
        _finished.TrySetResult();
        return ValueTask.CompletedTask;
    }
}
