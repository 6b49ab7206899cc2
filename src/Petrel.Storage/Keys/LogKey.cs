using System.Buffers.Binary;

namespace Petrel.Storage;

/// <summary>
/// Where an engine of ordered keys keeps the entries of logs: the log's key, escaped so that no log's entries lie among another's, then
/// the position. The order of logs is the order of their keys, so that a range of keys is a range here too.
/// </summary>
internal static class LogKey
{
    private const int PositionBytes = 8;

    public static Key Entry(Key log, LogPosition position)
    {
        var size = EscapedLength(log);
        var entry = new byte[size + 2 + PositionBytes];
        Escape(log, entry);
        BinaryPrimitives.WriteUInt64BigEndian(entry.AsSpan(size + 2), position.Value);
        return new Key(entry);
    }

    /// <summary>The entries of one log after a position.</summary>
    public static KeyRange After(Key log, LogPosition position)
    {
        var end = new byte[EscapedLength(log) + 2];
        Escape(log, end);
        end[^1] = 1;
        return new KeyRange(Entry(log, position).Next(), new Key(end));
    }

    /// <summary>The entries of one log up to and including a position.</summary>
    public static KeyRange Through(Key log, LogPosition position) => new(Entry(log, LogPosition.Start), Entry(log, position).Next());

    /// <summary>The entries of all logs whose keys lie in the range.</summary>
    public static KeyRange Within(KeyRange logs) => new(Bound(logs.Begin), Bound(logs.End));

    public static LogPosition PositionOf(Key entry) => new(BinaryPrimitives.ReadUInt64BigEndian(entry.Span[^PositionBytes..]));

    private static Key Bound(Key log)
    {
        var bound = new byte[EscapedLength(log)];
        Escape(log, bound);
        return new Key(bound);
    }

    private static int EscapedLength(Key log) => log.Bytes.Length + log.Span.Count((byte)0);

    private static void Escape(Key log, Span<byte> into)
    {
        var at = 0;
        foreach (var b in log.Span)
        {
            into[at++] = b;
            if (b == 0)
            {
                into[at++] = 0xFF;
            }
        }
    }
}
