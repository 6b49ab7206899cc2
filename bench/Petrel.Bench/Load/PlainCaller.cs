using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Petrel.Bench.Load;

/// <summary>
/// One kept connection, used by its own thread: what it measures is the daemon, and not how quickly this program's own threads wake up.
/// </summary>
internal sealed class PlainCaller : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 60_000 };
    private readonly byte[] _buffer = new byte[1 << 16];

    public PlainCaller(MeasuredDaemon daemon) => _socket.Connect(daemon.Endpoint.Host, daemon.Endpoint.Port);

    /// <summary>From the request to the whole answer, in ms. Anything but a 200 is an error.</summary>
    public double TimeMs(Uri url)
    {
        var request = Encoding.ASCII.GetBytes($"GET {url.PathAndQuery} HTTP/1.1\r\nHost: {url.Authority}\r\n\r\n");
        var started = Stopwatch.GetTimestamp();
        _socket.Send(request);
        var have = 0;
        while (!IsWhole(have))
        {
            var count = _socket.Receive(_buffer, have, _buffer.Length - have, SocketFlags.None);
            if (count == 0)
            {
                throw new InvalidOperationException("The daemon closed the connection.");
            }

            have += count;
        }

        var took = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        return _buffer.AsSpan(0, 12).SequenceEqual("HTTP/1.1 200"u8)
            ? took
            : throw new InvalidOperationException($"{url} answered {Encoding.UTF8.GetString(_buffer, 0, have)}");
    }

    public void Dispose() => _socket.Dispose();

    private bool IsWhole(int have)
    {
        var text = Encoding.ASCII.GetString(_buffer, 0, have);
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
        {
            return false;
        }

        const string length = "content-length:";
        var field = text.IndexOf(length, StringComparison.OrdinalIgnoreCase);
        return field >= 0 && field < end
            ? have >= end + 4 + int.Parse(text.AsSpan(field + length.Length, text.IndexOf('\r', field) - field - length.Length))
            : text.EndsWith("0\r\n\r\n", StringComparison.Ordinal);
    }
}
