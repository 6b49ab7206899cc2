using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Petrel.Aws.DynamoDb;

namespace Petrel.Server.Services.DynamoDb.Store;

/// <summary>A growing buffer for one item's bytes, from the shared pool.</summary>
internal sealed class ItemBytesWriter : IDisposable
{
    private const int FirstBytes = 2_048;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstBytes);
    private int _length;

    public void WriteByte(byte value)
    {
        Span(1)[0] = value;
        _length++;
    }

    public void WriteInt32(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(Span(sizeof(int)), value);
        _length += sizeof(int);
    }

    /// <summary>Seven bits a byte, the lowest first.</summary>
    public void WriteVarint(uint value)
    {
        var span = Span(5);
        var at = 0;
        for (; value >= 0x80; value >>= 7)
        {
            span[at++] = (byte)(value | 0x80);
        }

        span[at++] = (byte)value;
        _length += at;
    }

    public void WriteText(string text)
    {
        var count = Encoding.UTF8.GetByteCount(text);
        WriteVarint((uint)count);
        Encoding.UTF8.GetBytes(text, Span(count));
        _length += count;
    }

    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        WriteVarint((uint)bytes.Length);
        bytes.CopyTo(Span(bytes.Length));
        _length += bytes.Length;
    }

    /// <summary>The sign and the coefficient's length, the magnitude, and the coefficient with its lowest byte first; zero is one byte.</summary>
    public void WriteNumber(DynamoNumber number)
    {
        var digits = number.Digits;
        var count = (128 - (int)UInt128.LeadingZeroCount(digits) + 7) / 8;
        var span = Span(2 + count);
        span[0] = (byte)((number.IsNegative ? 0x80 : 0) | count);
        _length++;
        if (count == 0)
        {
            return;
        }

        span[1] = (byte)(number.Magnitude - DynamoNumber.MinMagnitude);
        for (var i = 0; i < count; i++)
        {
            span[2 + i] = (byte)(digits >> (8 * i));
        }

        _length += 1 + count;
    }

    /// <summary>Leaves room for the length of what follows.</summary>
    public int StartLength()
    {
        WriteInt32(0);
        return _length;
    }

    public void FinishLength(int start) => BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(start - sizeof(int)), _length - start);

    public byte[] ToArray() => _buffer.AsSpan(0, _length).ToArray();

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private Span<byte> Span(int count)
    {
        if (_buffer.Length - _length < count)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, _length + count));
            _buffer.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        return _buffer.AsSpan(_length);
    }
}
