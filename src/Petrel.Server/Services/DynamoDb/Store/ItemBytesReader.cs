using System.Buffers.Binary;
using System.Text;
using Petrel.Aws.DynamoDb;

namespace Petrel.Server.Services.DynamoDb.Store;

/// <summary>Goes through the bytes that <see cref="ItemBytesWriter"/> wrote.</summary>
internal ref struct ItemBytesReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _at;

    public byte ReadByte() => _at < _bytes.Length ? _bytes[_at++] : throw Damaged();

    public int ReadInt32()
    {
        var value = BinaryPrimitives.ReadInt32LittleEndian(ReadSpan(sizeof(int)));
        return value >= 0 ? value : throw Damaged();
    }

    public int ReadVarint()
    {
        uint value = 0;
        for (var shift = 0; shift < 32; shift += 7)
        {
            var next = ReadByte();
            value |= (uint)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value <= int.MaxValue ? (int)value : throw Damaged();
            }
        }

        throw Damaged();
    }

    /// <summary>Bytes with their length before them: a text's UTF-8, or a binary.</summary>
    public ReadOnlySpan<byte> ReadBytes() => ReadSpan(ReadVarint());

    public string ReadText() => Encoding.UTF8.GetString(ReadBytes());

    public DynamoNumber ReadNumber()
    {
        var head = ReadByte();
        var count = head & 0x7F;
        if (count == 0)
        {
            return DynamoNumber.Zero;
        }

        var magnitude = ReadByte() + DynamoNumber.MinMagnitude;
        var digits = UInt128.Zero;
        var coefficient = ReadSpan(count);
        if (count <= sizeof(ulong))
        {
            ulong small = 0;
            for (var i = count - 1; i >= 0; i--)
            {
                small = (small << 8) | coefficient[i];
            }

            digits = small;
        }
        else
        {
            for (var i = count - 1; i >= 0; i--)
            {
                digits = (digits << 8) | coefficient[i];
            }
        }

        return DynamoNumber.FromMagnitude((head & 0x80) != 0, digits, magnitude);
    }

    /// <summary>Steps over a value, with its tag.</summary>
    public void SkipValue()
    {
        var tag = ReadByte();
        switch ((AttributeType)tag)
        {
            case AttributeType.String or AttributeType.Binary:
                ReadBytes();
                break;
            case AttributeType.Number:
                var count = ReadByte() & 0x7F;
                ReadSpan(count == 0 ? 0 : count + 1);
                break;
            case AttributeType.Null or AttributeType.Boolean:
                break;
            default:
                if (tag != ItemCodec.TrueTag)
                {
                    ReadSpan(ReadInt32());
                }

                break;
        }
    }

    private ReadOnlySpan<byte> ReadSpan(int count)
    {
        if (count > _bytes.Length - _at)
        {
            throw Damaged();
        }

        var span = _bytes.Slice(_at, count);
        _at += count;
        return span;
    }

    private static InvalidDataException Damaged() => new("The stored form of an item ends too early.");
}
