using System.Buffers;
using System.Net.Sockets;

namespace Petrel.Functions.Runtimes.Frames;

/// <summary>Sends the frames of several invocations: what comes while a call of the system is under way goes together with the next one.</summary>
internal sealed class FrameBatch(Socket socket)
{
    /// <summary>A buffer that a large event has made larger than this is not kept.</summary>
    private const int KeptBytes = 256 * 1024;

    private readonly Lock _lock = new();
    private readonly FrameWriter _writer = new();
    private ArrayBufferWriter<byte> _pending = new(4096);
    private ArrayBufferWriter<byte> _underWay = new(4096);
    private bool _sending;

    /// <summary>Never waits. When the process has gone, its session ends all invocations.</summary>
    public void Send(Invocation invocation, DateTimeOffset deadline, uint number)
    {
        lock (_lock)
        {
            _pending.Write(_writer.Invoke(invocation, deadline, number).Span);
            if (invocation.Payload.Length > FrameWriter.SmallEventBytes)
            {
                _pending.Write(invocation.Payload.Span);
            }

            if (_sending)
            {
                return;
            }

            _sending = true;
        }

        _ = SendAllAsync();
    }

    private async Task SendAllAsync()
    {
        while (true)
        {
            lock (_lock)
            {
                if (_pending.WrittenCount == 0)
                {
                    _sending = false;
                    return;
                }

                (_pending, _underWay) = (_underWay, _pending);
            }

            try
            {
                for (var bytes = _underWay.WrittenMemory; !bytes.IsEmpty;)
                {
                    bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None)..];
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return; // What is sent from now on piles up behind a process that has ended; its session is over as well.
            }

            if (_underWay.Capacity > KeptBytes)
            {
                _underWay = new ArrayBufferWriter<byte>(4096);
            }
            else
            {
                _underWay.ResetWrittenCount();
            }
        }
    }
}
