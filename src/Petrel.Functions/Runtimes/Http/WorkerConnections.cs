using System.Net;
using System.Net.Sockets;
using Petrel.Functions.Sandboxes;

namespace Petrel.Functions.Runtimes.Http;

/// <summary>Connections to one program, kept open between exchanges. The last one put aside is taken first.</summary>
internal sealed class WorkerConnections(ISandbox sandbox, int port, TimeProvider time) : IDisposable
{
    /// <summary>
    /// Servers close idle connections after some seconds (Node after 5, gunicorn after 2), just when one is used again if it goes badly.
    /// Connecting anew takes less than 100 µs, so what was idle for longer is not used again.
    /// </summary>
    private static readonly TimeSpan MaxIdle = TimeSpan.FromSeconds(1);

    /// <summary>A connection that was idle for less than this is taken without looking at it.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(20);

    private const int MaxKept = 256;

    private readonly Lock _lock = new();
    private readonly Stack<WorkerConnection> _idle = new();
    private IPAddress _address = IPAddress.Loopback;
    private ITimer? _timer;
    private bool _armed;
    private bool _disposed;

    public int Port => port;

    /// <summary>A connection for one exchange.</summary>
    /// <param name="anew">A kept one has failed: take none.</param>
    public ValueTask<WorkerConnection> TakeAsync(bool anew, CancellationToken cancellationToken)
    {
        while (!anew && TryPop(out var kept))
        {
            var idle = time.GetElapsedTime(kept.IdleSince);
            if (idle < MaxIdle && (idle < Fresh || !kept.Stale))
            {
                return new(kept);
            }

            kept.Dispose();
        }

        return new(ConnectAsync(cancellationToken));
    }

    public void Return(WorkerConnection connection)
    {
        if (!connection.Reusable)
        {
            connection.Dispose();
            return;
        }

        connection.Release();
        connection.Reused = true;
        connection.IdleSince = time.GetTimestamp();
        lock (_lock)
        {
            if (!_disposed && _idle.Count < MaxKept)
            {
                _idle.Push(connection);
                Arm();
                return;
            }
        }

        connection.Dispose();
    }

    /// <summary>Whether the program listens, at either loopback address; remembers which.</summary>
    public async ValueTask<bool> ProbeAsync(CancellationToken cancellationToken)
    {
        foreach (var address in (IPAddress[])[IPAddress.Loopback, IPAddress.IPv6Loopback])
        {
            try
            {
                _address = address;
                (await ConnectAsync(cancellationToken)).Dispose();
                return true;
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                continue; // Nothing listens there, or not yet; without IPv6 there is no such address.
            }
        }

        return false;
    }

    private async Task<WorkerConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = await sandbox.OpenSocketAsync(_address.AddressFamily);
        try
        {
            socket.NoDelay = true;
            await socket.ConnectAsync(new IPEndPoint(_address, port), cancellationToken);
            return new WorkerConnection(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A server that serves one connection at a time waits for one that idles: idle ones are closed also when nobody asks for one.</summary>
    private void Arm()
    {
        if (!_armed)
        {
            _armed = true;
            _timer ??= time.CreateTimer(static self => ((WorkerConnections)self!).CloseIdle(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timer.Change(MaxIdle, Timeout.InfiniteTimeSpan);
        }
    }

    private void CloseIdle()
    {
        lock (_lock)
        {
            var kept = _idle.Where(c => !_disposed && time.GetElapsedTime(c.IdleSince) < MaxIdle).Reverse().ToList();
            foreach (var old in _idle.Except(kept))
            {
                old.Dispose();
            }

            _idle.Clear();
            kept.ForEach(_idle.Push);
            _armed = false;
            if (kept.Count > 0)
            {
                Arm();
            }
        }
    }

    private bool TryPop([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out WorkerConnection? connection)
    {
        lock (_lock)
        {
            return _idle.TryPop(out connection);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _timer?.Dispose();
            while (_idle.TryPop(out var connection))
            {
                connection.Dispose();
            }
        }
    }
}
