using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Petrel.Bootstrap;

internal enum FrameKind : byte
{
    Init = 0x01,
    Invoke = 0x02,
    Waiting = 0x10,
    Ready = 0x11,
    InitError = 0x12,
    Response = 0x13,
    Error = 0x14,
    Fatal = 0x18,
}

/// <summary>
/// The frames of docs/frames.md over the inherited socket, with blocking calls. A FileStream reads and writes it: loading .NET's sockets
/// would cost milliseconds.
/// </summary>
internal sealed class Channel
{
    private const int HeadBytes = 5;
    private const int ReadAhead = 16 * 1024;

    private readonly FileStream _stream;
    private readonly Lock _writing = new();
    private byte[] _input = new byte[ReadAhead];
    private byte[] _output = new byte[1024];
    private int _start;
    private int _end;

    public Channel(int descriptor)
    {
        Native.CloseOnExec(descriptor); // Children of the function must not keep the channel open.
        _stream = new FileStream(new SafeFileHandle(descriptor, ownsHandle: true), FileAccess.ReadWrite, bufferSize: 0);
    }

    /// <summary>Waits for the next frame. The body is valid until the next read. Ends the process when the daemon is gone.</summary>
    public (FrameKind Kind, ReadOnlyMemory<byte> Body) Read()
    {
        Need(HeadBytes);
        var length = BinaryPrimitives.ReadInt32LittleEndian(_input.AsSpan(_start));
        Need(length + 4);
        var kind = (FrameKind)_input[_start + 4];
        var body = _input.AsMemory(_start + HeadBytes, length - 1);
        _start += length + 4;
        return (kind, body);
    }

    public void Write(FrameKind kind, ReadOnlySpan<byte> body)
    {
        lock (_writing)
        {
            var length = body.Length + HeadBytes;
            if (_output.Length < length)
            {
                _output = new byte[length];
            }

            BinaryPrimitives.WriteInt32LittleEndian(_output, body.Length + 1);
            _output[4] = (byte)kind;
            body.CopyTo(_output.AsSpan(HeadBytes));
            _stream.Write(_output, 0, length);
            if (_output.Length > ReadAhead)
            {
                _output = new byte[1024]; // A large answer must not keep its memory.
            }
        }
    }

    private void Need(int count)
    {
        var have = _end - _start;
        if (have >= count)
        {
            return;
        }

        var buffer = Math.Max(count, ReadAhead) == _input.Length ? _input : new byte[Math.Max(count, ReadAhead)];
        _input.AsSpan(_start, have).CopyTo(buffer);
        (_input, _start, _end) = (buffer, 0, have);
        while (_end < count)
        {
            var got = _stream.Read(_input, _end, _input.Length - _end);
            if (got == 0)
            {
                Environment.Exit(0);
            }

            _end += got;
        }
    }
}
