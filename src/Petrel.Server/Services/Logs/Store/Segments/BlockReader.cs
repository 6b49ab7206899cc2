using System.Buffers.Binary;
using System.Text;

namespace Petrel.Server.Services.Logs.Store.Segments;

/// <summary>One record of a block.</summary>
internal ref struct BlockRecord
{
    public RecordKind Kind;

    /// <summary>The stream's number (Event, Stream).</summary>
    public int Stream;

    /// <summary>The stream's id (Stream, Deleted).</summary>
    public ulong StreamId;

    /// <summary>The event's time, or the stream's creation.</summary>
    public long Time;

    /// <summary>The event's number (Event).</summary>
    public ulong Sequence;

    /// <summary>The event's message, or the stream's name in UTF-8.</summary>
    public ReadOnlySpan<byte> Text;
}

/// <summary>Goes through the records of a payload whose checksum held.</summary>
internal ref struct BlockReader(ReadOnlySpan<byte> payload, ulong firstSequence)
{
    private readonly ReadOnlySpan<byte> _payload = payload;
    private int _at;
    private long _lastTime;
    private ulong _nextSequence = firstSequence;

    public bool TryRead(out BlockRecord record)
    {
        if (_at >= _payload.Length)
        {
            record = default;
            return false;
        }

        record = (RecordKind)_payload[_at++] switch
        {
            RecordKind.Event => ReadEvent(),
            RecordKind.Stream => ReadStream(),
            RecordKind.Deleted => new BlockRecord { Kind = RecordKind.Deleted, StreamId = BinaryPrimitives.ReadUInt64LittleEndian(Take(8)) },
            _ => throw Corrupt(),
        };
        return true;
    }

    private BlockRecord ReadEvent()
    {
        if (!Varint.TryRead(_payload, ref _at, out var stream) || !Varint.TryReadSigned(_payload, ref _at, out var delta))
        {
            throw Corrupt();
        }

        _lastTime += delta;
        return new BlockRecord
        {
            Kind = RecordKind.Event,
            Stream = (int)stream,
            Time = _lastTime,
            Sequence = _nextSequence++,
            Text = TakeText(),
        };
    }

    private BlockRecord ReadStream()
    {
        if (!Varint.TryRead(_payload, ref _at, out var number))
        {
            throw Corrupt();
        }

        var identity = Take(16);
        return new BlockRecord
        {
            Kind = RecordKind.Stream,
            Stream = (int)number,
            StreamId = BinaryPrimitives.ReadUInt64LittleEndian(identity),
            Time = BinaryPrimitives.ReadInt64LittleEndian(identity[8..]),
            Text = TakeText(),
        };
    }

    private ReadOnlySpan<byte> TakeText() =>
        Varint.TryRead(_payload, ref _at, out var length) && length <= (ulong)(_payload.Length - _at) ? Take((int)length) : throw Corrupt();

    private ReadOnlySpan<byte> Take(int bytes)
    {
        if (_payload.Length - _at < bytes)
        {
            throw Corrupt();
        }

        _at += bytes;
        return _payload.Slice(_at - bytes, bytes);
    }

    private readonly InvalidDataException Corrupt() => new($"Byte {_at} of a log block whose checksum holds is no record.");
}

/// <summary>A stream as a segment declares it.</summary>
internal sealed record StreamIdentity(ulong Id, string Name, long CreatedAt)
{
    public static StreamIdentity From(in BlockRecord record) => new(record.StreamId, Encoding.UTF8.GetString(record.Text), record.Time);
}
