using Petrel.Storage.Queues;

namespace Petrel.Storage;

/// <summary>
/// Durable queues in the Store. An item is put in inside its producer's transaction, received under a lease, and received again when its
/// lease ends, also after a crash: at least once, never lost. A queue is a 64-bit id that its owner chose; it needs no creation.
/// </summary>
/// <remarks>
/// Items come in the order in which they became due. Those of one ordered group come strictly in the order they were put in, the next
/// only when the one before is completed or given up.
/// </remarks>
public sealed class WorkQueue(IStore store, TimeProvider time, IIdSource ids)
{
    /// <summary>Bytes of a body at most: the largest message that any service accepts (1 MB), and its envelope.</summary>
    public const int MaxBodyBytes = 1_200_000;

    private readonly QueueWatermarks _watermarks = QueueWatermarks.Of(store);
    private long _lastTime;

    internal IStore Store => store;

    internal TimeProvider Time => time;

    internal long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Puts an item in as part of the caller's transaction, due after <paramref name="delay"/>.</summary>
    public WorkItemId Enqueue(IWriteTransaction transaction, ulong queue, ReadOnlyMemory<byte> body, TimeSpan delay = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(body.Length, MaxBodyBytes);
        var (id, now, rows) = (NewId(), NowMs, new QueueRows(queue));
        transaction.Put(rows.Body(id), body);
        transaction.Add(rows.Items, 1);
        MakeDue(transaction, queue, DueTime(now, delay), id, new ItemState(0, Leased: false, now, Group: null));
        return id;
    }

    /// <summary>Puts an item in behind all others of its group.</summary>
    public ValueTask<WorkItemId> EnqueueOrderedAsync(
        IWriteTransaction transaction, ulong queue, string group, ReadOnlyMemory<byte> body, TimeSpan delay = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(body.Length, MaxBodyBytes);
        return new OrderedGroups(this, queue).EnqueueAsync(transaction, group, body, delay);
    }

    /// <summary>Items that are due, hidden from others for a while; waits for one when none is. Empty when the time is up.</summary>
    public Task<IReadOnlyList<WorkLease>> ReceiveAsync(ulong queue, ReceiveOptions options, CancellationToken cancellationToken = default) =>
        new QueueReceiver(this, queue, options).ReceiveAsync(cancellationToken);

    /// <summary>The item is done. False when the lease ended and another has it, or it is gone.</summary>
    public ValueTask<bool> CompleteAsync(WorkLease lease, CancellationToken cancellationToken = default) =>
        store.WriteAsync(transaction => CompleteAsync(transaction, lease), cancellationToken);

    /// <summary>The item is done, as part of the caller's transaction (which then also holds what came of it).</summary>
    public async ValueTask<bool> CompleteAsync(IWriteTransaction transaction, WorkLease lease)
    {
        var rows = new QueueRows(lease.Queue);
        if (await HeldAsync(transaction, rows, lease) is not { } state)
        {
            return false;
        }

        transaction.Delete(DueKey(rows, lease));
        transaction.Delete(rows.Body(lease.Id));
        transaction.Add(rows.Items, -1);
        await ReleaseGroupAsync(transaction, lease.Queue, state);
        return true;
    }

    /// <summary>Gives the item back, to be received again after <paramref name="delay"/>. False when the lease was lost.</summary>
    public ValueTask<bool> RetryAsync(WorkLease lease, TimeSpan delay, CancellationToken cancellationToken = default) =>
        store.WriteAsync(transaction => RetryAsync(transaction, lease, delay), cancellationToken);

    /// <inheritdoc cref="RetryAsync(WorkLease, TimeSpan, CancellationToken)"/>
    public async ValueTask<bool> RetryAsync(IWriteTransaction transaction, WorkLease lease, TimeSpan delay)
    {
        var rows = new QueueRows(lease.Queue);
        if (await HeldAsync(transaction, rows, lease) is not { } state)
        {
            return false;
        }

        transaction.Delete(DueKey(rows, lease));
        MakeDue(transaction, lease.Queue, DueTime(NowMs, delay), lease.Id, state with { Leased = false });
        return true;
    }

    /// <summary>Hides the item for another while, counted from now. Null when the lease was lost; else the lease to go on with.</summary>
    public ValueTask<WorkLease?> ExtendAsync(WorkLease lease, TimeSpan visibility, CancellationToken cancellationToken = default) =>
        store.WriteAsync(async transaction =>
        {
            var rows = new QueueRows(lease.Queue);
            if (await HeldAsync(transaction, rows, lease) is not { } state)
            {
                return null;
            }

            var until = DueTime(NowMs, visibility);
            transaction.Delete(DueKey(rows, lease));
            transaction.Put(rows.Due(until, lease.Id), state.Encode());
            return lease with { Until = DateTimeOffset.FromUnixTimeMilliseconds(until) };
        }, cancellationToken);

    /// <summary>Gives the item up: it is kept among the dead letters with the reason. False when the lease was lost.</summary>
    public ValueTask<bool> DeadLetterAsync(WorkLease lease, string reason, CancellationToken cancellationToken = default) =>
        store.WriteAsync(transaction => DeadLetterAsync(transaction, lease, reason), cancellationToken);

    /// <inheritdoc cref="DeadLetterAsync(WorkLease, string, CancellationToken)"/>
    public async ValueTask<bool> DeadLetterAsync(IWriteTransaction transaction, WorkLease lease, string reason)
    {
        var rows = new QueueRows(lease.Queue);
        if (await HeldAsync(transaction, rows, lease) is not { } state)
        {
            return false;
        }

        transaction.Delete(DueKey(rows, lease));
        await BuryAsync(transaction, lease.Queue, lease.Id, state, reason);
        return true;
    }

    /// <summary>The dead letters, oldest item first, and the ways to deal with them.</summary>
    public DeadLetters DeadLetters(ulong queue) => new(this, queue);

    /// <summary>Items that are neither completed nor given up, whatever their state, at the cost of one read.</summary>
    public ValueTask<long> GetLengthAsync(ulong queue, CancellationToken cancellationToken = default) =>
        store.ReadAsync(transaction => transaction.GetCounterAsync(new QueueRows(queue).Items), cancellationToken);

    public ValueTask<QueueCounts> CountAsync(ulong queue, CancellationToken cancellationToken = default) =>
        new QueueUpkeep(this, queue).CountAsync(cancellationToken);

    /// <summary>Removes all items that are in the queue now, received ones too, but not the dead letters. Runs in chunks.</summary>
    public Task PurgeAsync(ulong queue, CancellationToken cancellationToken = default) =>
        new QueueUpkeep(this, queue).PurgeAsync(cancellationToken);

    /// <summary>Removes the queue with all that is in it, as part of the transaction that removes its owner.</summary>
    public void Delete(IWriteTransaction transaction, ulong queue) => transaction.DeleteRange(new QueueRows(queue).All);

    /// <summary>The topic that is signalled when an item comes into a queue.</summary>
    public static string Topic(ulong queue) => $"queue/{queue:x16}";

    internal static long DueTime(long now, TimeSpan delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        return now + (long)delay.TotalMilliseconds;
    }

    internal QueueWatermark Watermark(ulong queue) => _watermarks.Of(queue);

    internal WorkItemId NewId()
    {
        var now = time.GetUtcNow().UtcTicks;
        while (true)
        {
            var last = Volatile.Read(ref _lastTime);
            var next = Math.Max(now, last + 1);
            if (Interlocked.CompareExchange(ref _lastTime, next, last) == last)
            {
                return new WorkItemId((ulong)next, ids.NextId());
            }
        }
    }

    /// <summary>Puts an item into the index, and tells receivers.</summary>
    internal void MakeDue(IWriteTransaction transaction, ulong queue, long due, WorkItemId id, ItemState state)
    {
        transaction.Put(new QueueRows(queue).Due(due, id), state.Encode());
        transaction.Signal(Topic(queue));
        Watermark(queue).Lower(due);
    }

    /// <summary>Moves an item, whose index row the caller removes, to the dead letters.</summary>
    internal async ValueTask BuryAsync(IWriteTransaction transaction, ulong queue, WorkItemId id, ItemState state, string reason)
    {
        var rows = new QueueRows(queue);
        transaction.Put(rows.DeadItem(id), new DeadState(state with { Leased = false }, NowMs, reason).Encode());
        transaction.Add(rows.Items, -1);
        transaction.Add(rows.DeadItems, 1);
        await ReleaseGroupAsync(transaction, queue, state);
    }

    private static Key DueKey(QueueRows rows, WorkLease lease) => rows.Due(lease.Until.ToUnixTimeMilliseconds(), lease.Id);

    /// <summary>The item's state when the lease still holds: nobody received it since, even if its time is over.</summary>
    private static async ValueTask<ItemState?> HeldAsync(IWriteTransaction transaction, QueueRows rows, WorkLease lease)
    {
        if (await transaction.GetAsync(DueKey(rows, lease)) is not { } value)
        {
            return null;
        }

        var state = ItemState.Decode(value.Span);
        return state.Leased && state.Attempts == lease.Attempts ? state : null;
    }

    private ValueTask ReleaseGroupAsync(IWriteTransaction transaction, ulong queue, ItemState state) =>
        state.Group is { } group ? new OrderedGroups(this, queue).ReleaseAsync(transaction, group) : default;
}
