using System.Net.Sockets;

namespace Petrel.Functions.Sandboxes.Network;

/// <summary>
/// Accepts a sandbox's connections no faster than a busy client makes them: a function that only connects and leaves would otherwise keep
/// the daemon as busy as itself. What comes faster waits in the listener's backlog, where it costs nobody anything.
/// </summary>
/// <param name="perSecond">Also how many come at once after a quiet second.</param>
internal sealed class SandboxAccepts(Socket listener, TimeProvider time, int perSecond = SandboxAccepts.PerSecond)
{
    public const int PerSecond = 500;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1), Retry = TimeSpan.FromMilliseconds(50);
    private long _begun = time.GetTimestamp();
    private int _accepted;

    /// <returns>Null when the listener has been closed.</returns>
    public async ValueTask<Socket?> NextAsync()
    {
        while (true)
        {
            var elapsed = time.GetElapsedTime(_begun);
            if (_accepted >= perSecond && elapsed < Second)
            {
                await Task.Delay(Second - elapsed, time);
            }

            if (elapsed >= Second)
            {
                (_begun, _accepted) = (time.GetTimestamp(), 0);
            }

            try
            {
                var connection = await listener.AcceptAsync();
                _accepted++;
                return connection;
            }
            catch (ObjectDisposedException)
            {
                return null;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.OperationAborted or SocketError.Interrupted or SocketError.NotSocket or SocketError.InvalidArgument)
            {
                return null;
            }
            catch (SocketException)
            {
                await Task.Delay(Retry, time); // the client has gone already, or the daemon has no descriptor left
            }
        }
    }
}
