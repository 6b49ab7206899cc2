using System.Buffers.Binary;
using System.Text;

namespace Petrel.Storage.Queues;

/// <summary>
/// The rows of one queue. A body is written once; what changes is a small row in the index by due time, whose key together with its
/// attempts is the lease.
/// </summary>
/// <remarks>
/// <c>b, id</c> → body · <c>d, due, id</c> → <see cref="ItemState"/> · <c>g, group</c> → the group is busy ·
/// <c>w, group, id</c> → an item behind its group's first · <c>x, id</c> → a dead letter · counters <c>n</c>, <c>nw</c>, <c>nx</c>.
/// </remarks>
internal sealed class QueueRows(ulong queue)
{
    private readonly Subspace _space = StoreAreas.Queues.Sub(queue);

    public KeyRange All => _space.Range();

    /// <summary>All items: indexed ones, waiting ones and their bodies count here until they are completed or die.</summary>
    public Key Items => _space.Key("n");

    public Key WaitingItems => _space.Key("nw");

    public Key DeadItems => _space.Key("nx");

    public KeyRange Dead => _space.Range("x");

    public KeyRange Waiting => _space.Range("w");

    public Key Body(WorkItemId id) => _space.Key("b", id.Time, id.Random);

    public Key Due(long due, WorkItemId id) => _space.Key("d", due, id.Time, id.Random);

    public Key GroupBusy(string group) => _space.Key("g", group);

    public Key WaitingItem(string group, ulong sequence, WorkItemId id) => _space.Key("w", group, sequence, id.Time, id.Random);

    public KeyRange WaitingOf(string group) => _space.Range("w", group);

    public Key DeadItem(WorkItemId id) => _space.Key("x", id.Time, id.Random);

    /// <summary>The index from one due time up to and including another, in milliseconds.</summary>
    public KeyRange DueBetween(long from, long through) => new(_space.Key("d", from), _space.Key("d", through + 1));

    public KeyRange DueAfter(long due) => _space.Range("d") with { Begin = _space.Key("d", due + 1) };

    public (long Due, WorkItemId Id) ReadDue(Key key)
    {
        var parts = _space.Unpack(key);
        return (parts[1].Int64, new WorkItemId(parts[2].UInt64, parts[3].UInt64));
    }

    public (string Group, WorkItemId Id) ReadWaiting(Key key)
    {
        var parts = _space.Unpack(key);
        return (parts[1].Text, new WorkItemId(parts[3].UInt64, parts[4].UInt64));
    }

    public WorkItemId ReadDead(Key key)
    {
        var parts = _space.Unpack(key);
        return new WorkItemId(parts[1].UInt64, parts[2].UInt64);
    }
}

/// <summary>What changes of an item while it lives: attempts, whether it is leased, and what does not fit its key.</summary>
internal readonly record struct ItemState(int Attempts, bool Leased, long EnqueuedAt, string? Group)
{
    private const int HeaderBytes = 13;

    public byte[] Encode()
    {
        var value = new byte[HeaderBytes + (Group is null ? 0 : 1 + Encoding.UTF8.GetByteCount(Group))];
        BinaryPrimitives.WriteInt32LittleEndian(value, Attempts);
        value[4] = Leased ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt64LittleEndian(value.AsSpan(5), EnqueuedAt);
        if (Group is not null)
        {
            value[HeaderBytes] = 1;
            Encoding.UTF8.GetBytes(Group, value.AsSpan(HeaderBytes + 1));
        }

        return value;
    }

    public static ItemState Decode(ReadOnlySpan<byte> value) => new(
        BinaryPrimitives.ReadInt32LittleEndian(value),
        value[4] != 0,
        BinaryPrimitives.ReadInt64LittleEndian(value[5..]),
        value.Length > HeaderBytes ? Encoding.UTF8.GetString(value[(HeaderBytes + 1)..]) : null);
}

/// <summary>A dead letter: its last state, when it died and why.</summary>
internal readonly record struct DeadState(ItemState Item, long DiedAt, string Reason)
{
    public byte[] Encode()
    {
        var item = Item.Encode();
        var value = new byte[10 + item.Length + Encoding.UTF8.GetByteCount(Reason)];
        BinaryPrimitives.WriteInt64LittleEndian(value, DiedAt);
        BinaryPrimitives.WriteUInt16LittleEndian(value.AsSpan(8), (ushort)item.Length);
        item.CopyTo(value, 10);
        Encoding.UTF8.GetBytes(Reason, value.AsSpan(10 + item.Length));
        return value;
    }

    public static DeadState Decode(ReadOnlySpan<byte> value)
    {
        var length = BinaryPrimitives.ReadUInt16LittleEndian(value[8..]);
        return new DeadState(
            ItemState.Decode(value.Slice(10, length)), BinaryPrimitives.ReadInt64LittleEndian(value), Encoding.UTF8.GetString(value[(10 + length)..]));
    }
}
