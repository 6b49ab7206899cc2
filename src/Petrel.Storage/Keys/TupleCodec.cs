using System.Buffers.Binary;
using System.Text;

namespace Petrel.Storage;

/// <summary>
/// Encodes tuples so that byte order is tuple order. Each element is a kind byte and its value: text and bytes end with 00 (a 00 inside
/// is written 00 FF), integers are big-endian, signed ones with the sign bit flipped.
/// </summary>
internal static class TupleCodec
{
    public const byte Terminator = 0x00;
    public const byte Escaped = 0xFF;

    public static byte[] Encode(ReadOnlySpan<byte> prefix, ReadOnlySpan<KeyPart> parts)
    {
        var size = prefix.Length;
        foreach (var part in parts)
        {
            size += SizeOf(part);
        }

        var key = new byte[size];
        prefix.CopyTo(key);
        var at = prefix.Length;
        foreach (var part in parts)
        {
            at = Write(key, at, part);
        }

        return key;
    }

    public static KeyPart[] Decode(ReadOnlyMemory<byte> tuple)
    {
        var parts = new List<KeyPart>(4);
        var at = 0;
        while (at < tuple.Length)
        {
            var kind = (KeyPartKind)tuple.Span[at++];
            switch (kind)
            {
                case KeyPartKind.Int64:
                    parts.Add((long)(BinaryPrimitives.ReadUInt64BigEndian(tuple.Span[at..]) ^ (1UL << 63)));
                    at += 8;
                    break;
                case KeyPartKind.UInt64:
                    parts.Add(BinaryPrimitives.ReadUInt64BigEndian(tuple.Span[at..]));
                    at += 8;
                    break;
                case KeyPartKind.Bytes:
                    parts.Add(ReadEscaped(tuple.Span, ref at));
                    break;
                case KeyPartKind.String:
                    parts.Add(Encoding.UTF8.GetString(ReadEscaped(tuple.Span, ref at)));
                    break;
                default:
                    throw new FormatException($"Byte {at - 1} of key {Convert.ToHexStringLower(tuple.Span)} is no kind of element.");
            }
        }

        return [.. parts];
    }

    /// <summary>
    /// The end of all tuples that begin with those of <paramref name="prefix"/>: no element begins with FF, and where text goes on after
    /// an escaped 00 it does so with FF.
    /// </summary>
    public static byte[] RangeEnd(ReadOnlySpan<byte> prefix) => [.. prefix, Escaped];

    private static int SizeOf(KeyPart part) => part.Kind switch
    {
        KeyPartKind.String => 2 + Encoding.UTF8.GetByteCount(part.Text) + part.Text.AsSpan().Count('\0'),
        KeyPartKind.Bytes => 2 + part.Bytes.Length + part.Bytes.Span.Count(Terminator),
        KeyPartKind.Int64 or KeyPartKind.UInt64 => 9,
        _ => throw new ArgumentException("A default KeyPart has no value.", nameof(part)),
    };

    private static int Write(Span<byte> key, int at, KeyPart part)
    {
        key[at++] = (byte)part.Kind;
        switch (part.Kind)
        {
            case KeyPartKind.Int64:
                BinaryPrimitives.WriteUInt64BigEndian(key[at..], (ulong)part.Int64 ^ (1UL << 63));
                return at + 8;
            case KeyPartKind.UInt64:
                BinaryPrimitives.WriteUInt64BigEndian(key[at..], part.UInt64);
                return at + 8;
            case KeyPartKind.String when !part.Text.Contains('\0', StringComparison.Ordinal):
                at += Encoding.UTF8.GetBytes(part.Text, key[at..]);
                key[at] = Terminator;
                return at + 1;
            case KeyPartKind.String:
                return WriteEscaped(key, at, Encoding.UTF8.GetBytes(part.Text));
            default:
                return WriteEscaped(key, at, part.Bytes.Span);
        }
    }

    private static int WriteEscaped(Span<byte> key, int at, ReadOnlySpan<byte> value)
    {
        foreach (var b in value)
        {
            key[at++] = b;
            if (b == Terminator)
            {
                key[at++] = Escaped;
            }
        }

        key[at] = Terminator;
        return at + 1;
    }

    private static byte[] ReadEscaped(ReadOnlySpan<byte> tuple, ref int at)
    {
        var value = new List<byte>();
        while (true)
        {
            var b = tuple[at++];
            if (b != Terminator)
            {
                value.Add(b);
            }
            else if (at < tuple.Length && tuple[at] == Escaped)
            {
                value.Add(Terminator);
                at++;
            }
            else
            {
                return [.. value];
            }
        }
    }
}
