using System.Buffers.Binary;

namespace Petrel.Storage.Queues;

/// <summary>
/// Items that come strictly one after another: the first of a group is in the index like any other, the rest wait in a list. The group's
/// row says that one is on its way, and holds the number of the last that joined.
/// </summary>
internal sealed class OrderedGroups(WorkQueue queues, ulong queue)
{
    private readonly QueueRows _rows = new(queue);

    public async ValueTask<WorkItemId> EnqueueAsync(IWriteTransaction transaction, string group, ReadOnlyMemory<byte> body, TimeSpan delay)
    {
        var (id, now) = (queues.NewId(), queues.NowMs);
        transaction.Put(_rows.Body(id), body);
        transaction.Add(_rows.Items, 1);
        await JoinAsync(transaction, group, id, WorkQueue.DueTime(now, delay), new ItemState(0, Leased: false, now, group));
        return id;
    }

    /// <summary>Puts an item behind its group, or into the index when the group is free.</summary>
    public async ValueTask JoinAsync(IWriteTransaction transaction, string group, WorkItemId id, long due, ItemState state)
    {
        var busy = await transaction.GetAsync(_rows.GroupBusy(group));
        var sequence = busy is { } value ? BinaryPrimitives.ReadUInt64LittleEndian(value.Span) + 1 : 0;
        transaction.Put(_rows.GroupBusy(group), BitConverter.GetBytes(sequence));
        if (busy is null)
        {
            queues.MakeDue(transaction, queue, due, id, state);
            return;
        }

        var waiting = new byte[8 + state.Encode().Length];
        BinaryPrimitives.WriteInt64LittleEndian(waiting, due);
        state.Encode().CopyTo(waiting, 8);
        transaction.Put(_rows.WaitingItem(group, sequence, id), waiting);
        transaction.Add(_rows.WaitingItems, 1);
    }

    /// <summary>The first item of the group is through: the next comes into the index, or the group is free.</summary>
    public async ValueTask ReleaseAsync(IWriteTransaction transaction, string group)
    {
        var next = await transaction.ScanAsync(_rows.WaitingOf(group), 1);
        if (next.Count == 0)
        {
            transaction.Delete(_rows.GroupBusy(group));
            return;
        }

        var due = BinaryPrimitives.ReadInt64LittleEndian(next[0].Value.Span);
        transaction.Delete(next[0].Key);
        transaction.Add(_rows.WaitingItems, -1);
        queues.MakeDue(
            transaction, queue, Math.Max(due, queues.NowMs), _rows.ReadWaiting(next[0].Key).Id, ItemState.Decode(next[0].Value.Span[8..]));
    }
}
