using System.Buffers.Binary;
using System.Text;

namespace Petrel.Storage;

/// <summary>How an entry is written: milliseconds (8 bytes), length of the key (2), key, value.</summary>
internal static class LogEntry
{
    private const int HeaderBytes = 10;

    public static byte[] Encode(DateTimeOffset at, string key, ReadOnlySpan<byte> value)
    {
        var keyBytes = Encoding.UTF8.GetByteCount(key);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(keyBytes, ushort.MaxValue, nameof(key));
        var entry = new byte[HeaderBytes + keyBytes + value.Length];
        BinaryPrimitives.WriteInt64LittleEndian(entry, at.ToUnixTimeMilliseconds());
        BinaryPrimitives.WriteUInt16LittleEndian(entry.AsSpan(8), (ushort)keyBytes);
        Encoding.UTF8.GetBytes(key, entry.AsSpan(HeaderBytes));
        value.CopyTo(entry.AsSpan(HeaderBytes + keyBytes));
        return entry;
    }

    public static LogEvent Decode(LogRecord record)
    {
        var entry = record.Value;
        var keyBytes = BinaryPrimitives.ReadUInt16LittleEndian(entry.Span[8..]);
        var key = Encoding.UTF8.GetString(entry.Span.Slice(HeaderBytes, keyBytes));
        return new LogEvent(record.Position, TimeOf(entry.Span), key, entry[(HeaderBytes + keyBytes)..]);
    }

    public static DateTimeOffset TimeOf(ReadOnlySpan<byte> entry) =>
        DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64LittleEndian(entry));
}
