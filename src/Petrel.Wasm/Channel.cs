using System.Buffers.Binary;

namespace Petrel.Wasm;

internal enum FrameKind : byte
{
    Init = 0x01,
    Invoke = 0x02,
    Waiting = 0x10,
    Ready = 0x11,
    InitError = 0x12,
    Response = 0x13,
    Error = 0x14,
    StreamStart = 0x15,
    StreamChunk = 0x16,
    StreamEnd = 0x17,
}

/// <summary>The frames of docs/frames.md over the inherited socket, with blocking calls.</summary>
internal sealed class Channel(int descriptor)
{
    private const int HeadBytes = 5;
    private const int ReadAhead = 16 * 1024;

    private byte[] _input = GC.AllocateUninitializedArray<byte>(ReadAhead, pinned: true);
    private byte[] _output = GC.AllocateUninitializedArray<byte>(ReadAhead, pinned: true);
    private int _start;
    private int _end;

    /// <summary>Waits for the next frame. The body is valid until the next read. Ends the process when the daemon is gone.</summary>
    public ReadOnlyMemory<byte> Read()
    {
        Need(HeadBytes);
        var length = BinaryPrimitives.ReadInt32LittleEndian(_input.AsSpan(_start));
        Need(length + 4);
        var body = _input.AsMemory(_start + HeadBytes, length - 1);
        _start += length + 4;
        return body;
    }

    public void Write(FrameKind kind, ReadOnlySpan<byte> body)
    {
        var length = body.Length + HeadBytes;
        if (_output.Length < length)
        {
            _output = GC.AllocateUninitializedArray<byte>(length, pinned: true);
        }

        BinaryPrimitives.WriteInt32LittleEndian(_output, body.Length + 1);
        _output[4] = (byte)kind;
        body.CopyTo(_output.AsSpan(HeadBytes));
        for (var sent = 0; sent < length;)
        {
            var count = Posix.Write(descriptor, _output.AsSpan(sent, length - sent));
            sent += count > 0 ? count : throw End();
        }

        if (_output.Length > ReadAhead)
        {
            _output = GC.AllocateUninitializedArray<byte>(ReadAhead, pinned: true); // A large answer must not keep its memory.
        }
    }

    private void Need(int count)
    {
        var have = _end - _start;
        if (have >= count)
        {
            return;
        }

        var size = Math.Max(count, ReadAhead);
        var buffer = size == _input.Length ? _input : GC.AllocateUninitializedArray<byte>(size, pinned: true);
        _input.AsSpan(_start, have).CopyTo(buffer);
        (_input, _start, _end) = (buffer, 0, have);
        while (_end < count)
        {
            var got = Posix.Read(descriptor, _input.AsSpan(_end));
            _end += got > 0 ? got : throw End();
        }
    }

    private static InvalidOperationException End()
    {
        Environment.Exit(0);
        return new InvalidOperationException();
    }
}
