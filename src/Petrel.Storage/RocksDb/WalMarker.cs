using System.Buffers.Binary;

namespace Petrel.Storage.RocksDb;

/// <summary>
/// What each group leaves in the log with its first batch: a sign and a number that grows. A group begins only after the one before was
/// synced, so that a marker proves that everything before it was on the disk.
/// </summary>
internal static class WalMarker
{
    public const int Bytes = 24;

    /// <summary>Where a batch holds it: behind the batch's header (12), the kind of the entry and its length.</summary>
    public const int OffsetInBatch = 14;

    private static ReadOnlySpan<byte> Sign => [0xB5, 0x0E, 0x71, 0xC4, 0x9A, 0x3D, 0x5F, 0x20, 0xE8, 0x66, 0x07, 0xD1, 0x4B, 0xFA, 0x92, 0x1C];

    public static void Write(Span<byte> marker, ulong group)
    {
        Sign.CopyTo(marker);
        BinaryPrimitives.WriteUInt64LittleEndian(marker[16..], group);
    }

    /// <summary>The first marker at or after an offset, or -1.</summary>
    public static int Find(ReadOnlySpan<byte> log, int from, out ulong group)
    {
        group = 0;
        var at = from < log.Length ? log[from..].IndexOf(Sign) : -1;
        if (at < 0 || from + at + Bytes > log.Length)
        {
            return -1;
        }

        group = BinaryPrimitives.ReadUInt64LittleEndian(log[(from + at + 16)..]);
        return from + at;
    }
}
