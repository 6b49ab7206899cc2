using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;

namespace Petrel.Functions.Runtimes.Frames;

/// <summary>
/// Frames over the socket of one sandbox. A small frame is one call of the system each way. The receive buffer is rented while an
/// invocation runs and given back with <see cref="Release"/>, so that an idle instance holds none.
/// </summary>
internal sealed class FrameChannel(Socket socket)
{
    private const int HeadBytes = 5;

    /// <summary>Holds nearly every answer of a small function; larger frames get an array of their own.</summary>
    private const int BufferBytes = 16 * 1024;

    private byte[]? _buffer;
    private int _start;
    private int _end;

    /// <summary>Whether bytes wait that belong to no frame that was asked for.</summary>
    public bool HasLeftOver => _end > _start;

    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            var sent = await socket.SendAsync(bytes, SocketFlags.None, cancellationToken);
            bytes = bytes[sent..];
        }
    }

    /// <summary>The next frame; null when the process has closed the socket, or ended.</summary>
    /// <param name="maxBytes">A longer body is read and dropped.</param>
    public async ValueTask<Frame?> ReceiveAsync(int maxBytes, CancellationToken cancellationToken)
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }

        if (!await FillAsync(HeadBytes, cancellationToken))
        {
            return null;
        }

        var head = _buffer.AsSpan(_start, HeadBytes);
        var lengthBytes = (long)BinaryPrimitives.ReadUInt32LittleEndian(head) - 1;
        var kind = (FrameKind)head[4];
        _start += HeadBytes;
        if (lengthBytes < 0)
        {
            return null; // Not even a kind: the process does not speak the protocol.
        }

        if (lengthBytes > maxBytes)
        {
            return await SkipAsync(lengthBytes, cancellationToken) ? new Frame(kind, default, lengthBytes, Owned: false) : null;
        }

        return lengthBytes <= BufferBytes
            ? await ReceiveSmallAsync(kind, (int)lengthBytes, cancellationToken)
            : await ReceiveLargeAsync(kind, (int)lengthBytes, cancellationToken);
    }

    /// <summary>Gives the receive buffer back. Frames that were not kept are no longer valid.</summary>
    public void Release()
    {
        if (_buffer is { } buffer)
        {
            _buffer = null;
            _start = _end = 0;
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask<Frame?> ReceiveSmallAsync(FrameKind kind, int length, CancellationToken cancellationToken)
    {
        if (!await FillAsync(length, cancellationToken))
        {
            return null;
        }

        var body = _buffer.AsMemory(_start, length);
        _start += length;
        return new Frame(kind, body, length, Owned: false);
    }

    private async ValueTask<Frame?> ReceiveLargeAsync(FrameKind kind, int length, CancellationToken cancellationToken)
    {
        var body = GC.AllocateUninitializedArray<byte>(length);
        var have = Math.Min(_end - _start, length);
        _buffer.AsSpan(_start, have).CopyTo(body);
        _start += have;
        while (have < length)
        {
            var got = await ReceiveSomeAsync(body.AsMemory(have), cancellationToken);
            if (got == 0)
            {
                return null;
            }

            have += got;
        }

        return new Frame(kind, body, length, Owned: true);
    }

    private async ValueTask<bool> SkipAsync(long length, CancellationToken cancellationToken)
    {
        var buffered = Math.Min(_end - _start, length);
        _start += (int)buffered;
        for (var left = length - buffered; left > 0;)
        {
            var got = await ReceiveSomeAsync(_buffer.AsMemory(0, (int)Math.Min(left, BufferBytes)), cancellationToken);
            if (got == 0)
            {
                return false;
            }

            left -= got;
        }

        return true;
    }

    private async ValueTask<bool> FillAsync(int count, CancellationToken cancellationToken)
    {
        _buffer ??= ArrayPool<byte>.Shared.Rent(BufferBytes);
        if (_start + count > _buffer.Length)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        while (_end - _start < count)
        {
            var got = await ReceiveSomeAsync(_buffer.AsMemory(_end), cancellationToken);
            if (got == 0)
            {
                return false;
            }

            _end += got;
        }

        return true;
    }

    private async ValueTask<int> ReceiveSomeAsync(Memory<byte> target, CancellationToken cancellationToken)
    {
        try
        {
            return await socket.ReceiveAsync(target, SocketFlags.None, cancellationToken);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return 0; // A killed process resets the socket, a discarded sandbox disposes it.
        }
    }
}
