using System.Buffers.Binary;
using System.IO.Hashing;

namespace Petrel.Server.Services.Logs.Store.Segments;

/// <summary>
/// A block is what one write appends to a segment: a header with a checksum, then records. A block that a crash tore apart fails its
/// checksum, and reading ends before it.
/// </summary>
/// <param name="PayloadBytes">Bytes after the header.</param>
/// <param name="FirstSequence">The number of the first event; the others follow.</param>
/// <param name="IngestedAt">Milliseconds since 1970.</param>
internal readonly record struct BlockHeader(int PayloadBytes, ulong FirstSequence, int Events, long IngestedAt, long MinTime, long MaxTime)
{
    public const int Bytes = 56;

    /// <summary>"PLB1".</summary>
    private const uint Magic = 0x31424C50;

    private const int ChecksumAt = 8;
    private const int CheckedFrom = 16;

    public int TotalBytes => Bytes + PayloadBytes;

    /// <summary>Writes the header in front of its payload, with the checksum over both.</summary>
    public void Write(Span<byte> block)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(block, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(block[4..], PayloadBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(block[16..], FirstSequence);
        BinaryPrimitives.WriteInt64LittleEndian(block[24..], IngestedAt);
        BinaryPrimitives.WriteInt64LittleEndian(block[32..], MinTime);
        BinaryPrimitives.WriteInt64LittleEndian(block[40..], MaxTime);
        BinaryPrimitives.WriteInt32LittleEndian(block[48..], Events);
        BinaryPrimitives.WriteInt32LittleEndian(block[52..], 0);
        BinaryPrimitives.WriteUInt64LittleEndian(block[ChecksumAt..], XxHash3.HashToUInt64(block[CheckedFrom..TotalBytes]));
    }

    /// <summary>False when no whole, intact block stands at the beginning.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out BlockHeader header)
    {
        header = default;
        if (source.Length < Bytes || BinaryPrimitives.ReadUInt32LittleEndian(source) != Magic)
        {
            return false;
        }

        var payload = BinaryPrimitives.ReadInt32LittleEndian(source[4..]);
        if (payload < 0 || payload > source.Length - Bytes)
        {
            return false;
        }

        header = new BlockHeader(
            payload,
            BinaryPrimitives.ReadUInt64LittleEndian(source[16..]),
            BinaryPrimitives.ReadInt32LittleEndian(source[48..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[32..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[40..]));
        return XxHash3.HashToUInt64(source[CheckedFrom..header.TotalBytes]) == BinaryPrimitives.ReadUInt64LittleEndian(source[ChecksumAt..]);
    }
}

/// <summary>What a record of a block says.</summary>
internal enum RecordKind : byte
{
    /// <summary>An event of a stream.</summary>
    Event = 1,

    /// <summary>Which stream a number means in this segment from here on.</summary>
    Stream = 2,

    /// <summary>A stream was deleted: its earlier events are hidden.</summary>
    Deleted = 3,
}
