namespace Petrel.Storage.Queues;

/// <summary>The items of a queue that were given up: looked at, put back, or removed.</summary>
public sealed class DeadLetters
{
    private readonly WorkQueue _queues;
    private readonly ulong _queue;
    private readonly QueueRows _rows;

    internal DeadLetters(WorkQueue queues, ulong queue) => (_queues, _queue, _rows) = (queues, queue, new QueueRows(queue));

    /// <summary>Up to <paramref name="limit"/> dead letters after the one given, oldest item first.</summary>
    public ValueTask<IReadOnlyList<DeadItem>> ListAsync(WorkItemId? after, int limit, CancellationToken cancellationToken = default) =>
        _queues.Store.ReadAsync<IReadOnlyList<DeadItem>>(async transaction =>
        {
            var range = after is { } id ? _rows.Dead.After(_rows.DeadItem(id)) : _rows.Dead;
            var found = await transaction.ScanAsync(range, limit);
            var bodies = await transaction.GetManyAsync(found.Select(row => _rows.Body(_rows.ReadDead(row.Key))).ToList());
            return found.Select((row, i) => ToItem(row, bodies[i] ?? default)).ToList();
        }, cancellationToken);

    /// <summary>Puts a dead letter back as if it had never been received. False when it is not there.</summary>
    public ValueTask<bool> RedriveAsync(WorkItemId id, CancellationToken cancellationToken = default) =>
        _queues.Store.WriteAsync(async transaction =>
        {
            if (await TakeAsync(transaction, id) is not { } dead)
            {
                return false;
            }

            var state = dead.Item with { Attempts = 0, EnqueuedAt = _queues.NowMs };
            transaction.Add(_rows.Items, 1);
            if (state.Group is { } group)
            {
                await new OrderedGroups(_queues, _queue).JoinAsync(transaction, group, id, _queues.NowMs, state);
            }
            else
            {
                _queues.MakeDue(transaction, _queue, _queues.NowMs, id, state);
            }

            return true;
        }, cancellationToken);

    /// <summary>Removes a dead letter. False when it is not there.</summary>
    public ValueTask<bool> RemoveAsync(WorkItemId id, CancellationToken cancellationToken = default) =>
        _queues.Store.WriteAsync(async transaction =>
        {
            if (await TakeAsync(transaction, id) is null)
            {
                return false;
            }

            transaction.Delete(_rows.Body(id));
            return true;
        }, cancellationToken);

    private async ValueTask<DeadState?> TakeAsync(IWriteTransaction transaction, WorkItemId id)
    {
        if (await transaction.GetAsync(_rows.DeadItem(id)) is not { } value)
        {
            return null;
        }

        transaction.Delete(_rows.DeadItem(id));
        transaction.Add(_rows.DeadItems, -1);
        return DeadState.Decode(value.Span);
    }

    private DeadItem ToItem(KeyValue row, ReadOnlyMemory<byte> body)
    {
        var dead = DeadState.Decode(row.Value.Span);
        return new DeadItem(_queue, _rows.ReadDead(row.Key), body)
        {
            Attempts = dead.Item.Attempts,
            EnqueuedAt = DateTimeOffset.FromUnixTimeMilliseconds(dead.Item.EnqueuedAt),
            DiedAt = DateTimeOffset.FromUnixTimeMilliseconds(dead.DiedAt),
            Reason = dead.Reason,
            Group = dead.Item.Group,
        };
    }
}
