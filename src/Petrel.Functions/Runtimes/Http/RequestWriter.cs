using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Petrel.Functions.Runtimes.Http;

/// <summary>Writes the head of a request, and a short body behind it, so that both leave in one segment. Its buffer is pooled.</summary>
internal struct RequestWriter(int capacity) : IDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(capacity);
    private int _length;

    public readonly ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _length);

    public void Begin(string method, string target)
    {
        Text(method);
        Bytes(" "u8);
        Text(target);
        Bytes(" HTTP/1.1\r\n"u8);
    }

    public void Header(string name, string value)
    {
        Text(name);
        Bytes(": "u8);
        Text(value);
        Bytes("\r\n"u8);
    }

    public void Header(ReadOnlySpan<byte> name, string value)
    {
        Bytes(name);
        Bytes(": "u8);
        Text(value);
        Bytes("\r\n"u8);
    }

    public void Header(ReadOnlySpan<byte> name, long value)
    {
        Bytes(name);
        Bytes(": "u8);
        var room = Room(20);
        Utf8Formatter.TryFormat(value, room, out var written);
        _length += written;
        Bytes("\r\n"u8);
    }

    /// <summary>The value is written into the buffer itself.</summary>
    public void Header<T>(ReadOnlySpan<byte> name, T value)
        where T : IUtf8SpanFormattable
    {
        Bytes(name);
        Bytes(": "u8);
        value.TryFormat(Room(128), out var written, default, null);
        _length += written;
        Bytes("\r\n"u8);
    }

    public void EndHead() => Bytes("\r\n"u8);

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        _length += bytes.Length;
    }

    private void Text(string text)
    {
        var room = Room(3 * text.Length);
        _length += Encoding.UTF8.GetBytes(text, room);
    }

    private Span<byte> Room(int bytes)
    {
        if (_buffer.Length - _length < bytes)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(2 * _buffer.Length, _length + bytes));
            Written.Span.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        return _buffer.AsSpan(_length);
    }

    public readonly void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);
}
