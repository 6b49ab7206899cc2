namespace Petrel.Storage.Queues;

/// <summary>Counting and emptying a queue.</summary>
internal sealed class QueueUpkeep(WorkQueue queues, ulong queue)
{
    /// <summary>Items removed by one transaction; each may write seven keys, with its group's.</summary>
    private const int Chunk = 500;

    /// <summary>Hidden items that are counted one by one; beyond it the answer is an estimate.</summary>
    private const int MaxCounted = 10_000;

    private readonly QueueRows _rows = new(queue);

    public ValueTask<QueueCounts> CountAsync(CancellationToken cancellationToken) => queues.Store.ReadAsync(async transaction =>
    {
        var items = await transaction.GetCounterAsync(_rows.Items);
        var waiting = await transaction.GetCounterAsync(_rows.WaitingItems);
        var dead = await transaction.GetCounterAsync(_rows.DeadItems);
        var (leased, delayed) = (0L, 0L);
        var range = _rows.DueAfter(queues.NowMs);
        while (leased + delayed < MaxCounted)
        {
            var page = await transaction.ScanAsync(range, Chunk);
            var pageLeased = page.Count(row => ItemState.Decode(row.Value.Span).Leased);
            (leased, delayed) = (leased + pageLeased, delayed + page.Count - pageLeased);
            if (page.Count < Chunk)
            {
                break;
            }

            range = range.After(page[^1].Key);
        }

        return new QueueCounts(Math.Max(items - waiting - leased - delayed, 0), leased, delayed, waiting, dead);
    }, cancellationToken);

    /// <summary>Waiting items first: removing the first of a group would only bring the next into the index.</summary>
    public async Task PurgeAsync(CancellationToken cancellationToken)
    {
        var through = queues.NewId();
        await InChunksAsync(_rows.Waiting, (tx, part) => PurgeWaitingAsync(tx, part, through), cancellationToken);
        await InChunksAsync(_rows.DueBetween(0, long.MaxValue - 1), (tx, part) => PurgeIndexAsync(tx, part, through), cancellationToken);
    }

    /// <summary>Each chunk is a transaction of its own, which says where the next begins, or null at the end.</summary>
    private async Task InChunksAsync(
        KeyRange range, Func<IWriteTransaction, KeyRange, ValueTask<Key?>> purge, CancellationToken cancellationToken)
    {
        Key? next = range.Begin;
        while (next is { } begin)
        {
            next = await queues.Store.WriteAsync(tx => purge(tx, range with { Begin = begin }), cancellationToken);
        }
    }

    private async ValueTask<Key?> PurgeWaitingAsync(IWriteTransaction transaction, KeyRange part, WorkItemId through)
    {
        var page = await transaction.ScanAsync(part, Chunk);
        var removed = 0;
        foreach (var row in page)
        {
            var (_, id) = _rows.ReadWaiting(row.Key);
            if (id.Time <= through.Time)
            {
                transaction.Delete(row.Key);
                transaction.Delete(_rows.Body(id));
                removed++;
            }
        }

        transaction.Add(_rows.Items, -removed);
        transaction.Add(_rows.WaitingItems, -removed);
        return page.Count < Chunk ? null : page[^1].Key.Next();
    }

    private async ValueTask<Key?> PurgeIndexAsync(IWriteTransaction transaction, KeyRange part, WorkItemId through)
    {
        var page = await transaction.ScanAsync(part, Chunk);
        var removed = 0;
        foreach (var row in page)
        {
            var (_, id) = _rows.ReadDue(row.Key);
            if (id.Time > through.Time)
            {
                continue;
            }

            transaction.Delete(row.Key);
            transaction.Delete(_rows.Body(id));
            removed++;
            if (ItemState.Decode(row.Value.Span).Group is { } group)
            {
                await new OrderedGroups(queues, queue).ReleaseAsync(transaction, group);
            }
        }

        transaction.Add(_rows.Items, -removed);
        return page.Count < Chunk ? null : page[^1].Key.Next();
    }
}
