using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using Petrel.Wire.Protocols;

namespace Petrel.Wire.EventStream;

/// <summary>
/// The frame of an event stream (<c>application/vnd.amazon.eventstream</c>): total length, length of the headers, a checksum of those two,
/// headers, payload, and a checksum of all that. Numbers are big-endian, checksums CRC-32.
/// </summary>
internal static class EventMessage
{
    /// <summary>Two lengths and their checksum.</summary>
    public const int PreludeSize = 12;

    private const int ChecksumSize = 4;
    private const byte TextHeader = 7;

    /// <summary>Writes a message whose headers are texts.</summary>
    public static void Write(PooledBuffer output, ReadOnlySpan<KeyValuePair<string, string>> headers, ReadOnlySpan<byte> payload)
    {
        var headersSize = 0;
        foreach (var (name, value) in headers)
        {
            headersSize += 1 + Encoding.UTF8.GetByteCount(name) + 1 + 2 + Encoding.UTF8.GetByteCount(value);
        }

        var total = PreludeSize + headersSize + payload.Length + ChecksumSize;
        var message = output.GetSpan(total)[..total];
        BinaryPrimitives.WriteInt32BigEndian(message, total);
        BinaryPrimitives.WriteInt32BigEndian(message[4..], headersSize);
        BinaryPrimitives.WriteUInt32BigEndian(message[8..], Crc32.HashToUInt32(message[..8]));
        var at = PreludeSize;
        foreach (var (name, value) in headers)
        {
            at += WriteHeader(message[at..], name, value);
        }

        payload.CopyTo(message[at..]);
        BinaryPrimitives.WriteUInt32BigEndian(message[^ChecksumSize..], Crc32.HashToUInt32(message[..^ChecksumSize]));
        output.Advance(total);
    }

    private static int WriteHeader(Span<byte> to, string name, string value)
    {
        var nameSize = Encoding.UTF8.GetBytes(name, to[1..]);
        to[0] = (byte)nameSize;
        var at = 1 + nameSize;
        to[at++] = TextHeader;
        var valueSize = Encoding.UTF8.GetBytes(value, to[(at + 2)..]);
        BinaryPrimitives.WriteUInt16BigEndian(to[at..], (ushort)valueSize);
        return at + 2 + valueSize;
    }
}
