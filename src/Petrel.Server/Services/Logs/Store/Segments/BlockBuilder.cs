using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Petrel.Server.Services.Logs.Store.Segments;

/// <summary>Collects records for one block in rented memory, which it holds only while it is not empty.</summary>
internal sealed class BlockBuilder : IDisposable
{
    private const int InitialBytes = 4 * 1024;

    /// <summary>Beside its message an event takes a kind and three variable integers.</summary>
    private const int EventOverhead = 1 + 3 * Varint.MaxBytes;

    private byte[]? _bytes;
    private int _used = BlockHeader.Bytes;
    private long _lastTime;

    public int Events { get; private set; }

    public long MinTime { get; private set; } = long.MaxValue;

    public long MaxTime { get; private set; } = long.MinValue;

    public bool IsEmpty => _used == BlockHeader.Bytes;

    public int UsedBytes => _used;

    /// <summary>The streams that this block's events belong to.</summary>
    public List<StreamEntry> Streams { get; } = [];

    /// <summary>False when the block would grow beyond <paramref name="maxBytes"/>.</summary>
    public bool TryAddEvent(StreamEntry stream, long time, ReadOnlySpan<byte> message, int maxBytes)
    {
        if (_used + EventOverhead + message.Length > maxBytes)
        {
            return false;
        }

        var span = Reserve(EventOverhead + message.Length);
        span[0] = (byte)RecordKind.Event;
        var at = 1;
        at += Varint.Write(span[at..], (uint)stream.Number);
        at += Varint.WriteSigned(span[at..], time - _lastTime);
        at += Varint.Write(span[at..], (uint)message.Length);
        message.CopyTo(span[at..]);
        _used += at + message.Length;

        _lastTime = time;
        MinTime = Math.Min(MinTime, time);
        MaxTime = Math.Max(MaxTime, time);
        Events++;
        if (Streams.Count == 0 || (Streams[^1] != stream && !Streams.Contains(stream)))
        {
            Streams.Add(stream);
        }

        return true;
    }

    public void AddStream(StreamEntry stream)
    {
        var name = Encoding.UTF8.GetByteCount(stream.Name);
        var span = Reserve(1 + Varint.MaxBytes + 16 + Varint.MaxBytes + name);
        span[0] = (byte)RecordKind.Stream;
        var at = 1 + Varint.Write(span[1..], (uint)stream.Number);
        BinaryPrimitives.WriteUInt64LittleEndian(span[at..], stream.Id);
        BinaryPrimitives.WriteInt64LittleEndian(span[(at + 8)..], stream.CreatedAt);
        at += 16;
        at += Varint.Write(span[at..], (uint)name);
        _used += at + Encoding.UTF8.GetBytes(stream.Name, span[at..]);
    }

    public void AddDeleted(ulong streamId)
    {
        var span = Reserve(9);
        span[0] = (byte)RecordKind.Deleted;
        BinaryPrimitives.WriteUInt64LittleEndian(span[1..], streamId);
        _used += 9;
    }

    /// <summary>Completes the block; the memory stays the builder's until <see cref="Clear"/>.</summary>
    public ReadOnlyMemory<byte> Seal(ulong firstSequence, long now, out BlockHeader header)
    {
        header = new BlockHeader(_used - BlockHeader.Bytes, firstSequence, Events, now, Events == 0 ? now : MinTime, Events == 0 ? now : MaxTime);
        header.Write(_bytes.AsSpan(0, _used));
        return _bytes.AsMemory(0, _used);
    }

    public void Clear()
    {
        if (_bytes is not null)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = null;
        }

        _used = BlockHeader.Bytes;
        _lastTime = 0;
        Events = 0;
        MinTime = long.MaxValue;
        MaxTime = long.MinValue;
        Streams.Clear();
    }

    public void Dispose() => Clear();

    private Span<byte> Reserve(int bytes)
    {
        _bytes ??= ArrayPool<byte>.Shared.Rent(Math.Max(InitialBytes, BlockHeader.Bytes + bytes));
        if (_used + bytes > _bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_used + bytes, _bytes.Length * 2));
            _bytes.AsSpan(0, _used).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }

        return _bytes.AsSpan(_used);
    }
}

/// <summary>A stream as a group's writer knows it.</summary>
/// <param name="number">Short name in this process' segments.</param>
/// <param name="id">Differs for a stream that was deleted and made anew.</param>
internal sealed class StreamEntry(int number, ulong id, string name, long createdAt)
{
    public int Number { get; } = number;

    public ulong Id { get; } = id;

    public string Name { get; } = name;

    public long CreatedAt { get; } = createdAt;

    /// <summary>The segment (by its first sequence) in which the number was last declared.</summary>
    public ulong? DeclaredIn { get; set; }

    /// <summary>Events that found no room and wait to be told about.</summary>
    public long Dropped { get; set; }

    public bool Deleted { get; set; }
}
