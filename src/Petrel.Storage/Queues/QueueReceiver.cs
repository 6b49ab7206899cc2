namespace Petrel.Storage.Queues;

/// <summary>One receive: scans for due items, leases them, and waits for a signal or the next due time when there are none.</summary>
internal sealed class QueueReceiver(WorkQueue queues, ulong queue, ReceiveOptions options)
{
    /// <summary>A signal may be lost (another node's, or a restart's), so that nobody waits longer without looking.</summary>
    private static readonly TimeSpan RescanEvery = TimeSpan.FromSeconds(5);

    /// <summary>Items of one receive; each may write seven keys of the transaction's 5,000.</summary>
    private const int MaxItems = 500;

    private readonly QueueRows _rows = new(queue);

    public async Task<IReadOnlyList<WorkLease>> ReceiveAsync(CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Max);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Max, MaxItems);
        var started = queues.Time.GetTimestamp();
        var wake = new WakeUp();
        using var subscription = options.Wait > TimeSpan.Zero ? queues.Store.Subscribe(WorkQueue.Topic(queue), wake.Set) : null;
        while (true)
        {
            wake.Reset();
            var found = await ScanAsync(cancellationToken);
            var left = options.Wait - queues.Time.GetElapsedTime(started);
            if (found.Leases.Count > 0 || left <= TimeSpan.Zero)
            {
                return found.Leases;
            }

            // Buried items count as found: there may be living ones behind them.
            if (!found.More)
            {
                var untilDue = found.NextDue is { } due ? TimeSpan.FromMilliseconds(Math.Max(due - queues.NowMs, 1)) : RescanEvery;
                await wake.WaitAsync(Min(Min(left, untilDue), RescanEvery), queues.Time, cancellationToken);
            }
        }
    }

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;

    private async Task<Found> ScanAsync(CancellationToken cancellationToken)
    {
        var receiving = queues.Watermark(queue).Receiving;
        await receiving.WaitAsync(cancellationToken);
        try
        {
            return await queues.Store.WriteAsync(LeaseDueAsync, cancellationToken);
        }
        catch (Exception)
        {
            queues.Watermark(queue).Reset();
            throw;
        }
        finally
        {
            receiving.Release();
        }
    }

    private async ValueTask<Found> LeaseDueAsync(IWriteTransaction transaction)
    {
        // The mark is looked up here, in the order of the writes: whoever lowered it before did so on this one.
        var watermark = queues.Watermark(queue);
        var now = queues.NowMs;
        var due = await transaction.ScanAsync(_rows.DueBetween(watermark.ScanFrom(now), now), options.Max);
        if (due.Count == 0)
        {
            var next = await transaction.ScanAsync(_rows.DueAfter(now), 1);
            watermark.Raise(now + 1);
            return new Found([], More: false, next.Count > 0 ? _rows.ReadDue(next[0].Key).Due : null);
        }

        watermark.Raise(_rows.ReadDue(due[^1].Key).Due);
        var items = due.Select(row => (Key: row.Key, _rows.ReadDue(row.Key).Id, State: ItemState.Decode(row.Value.Span))).ToList();
        var bodies = await transaction.GetManyAsync(items.ConvertAll(item => _rows.Body(item.Id)));
        var leases = new List<WorkLease>(items.Count);
        for (var i = 0; i < items.Count; i++)
        {
            var (key, id, state) = items[i];
            transaction.Delete(key);
            if (ReasonToGiveUp(state, now) is { } reason)
            {
                await queues.BuryAsync(transaction, queue, id, state, reason);
            }
            else if (bodies[i] is { } body)
            {
                leases.Add(Lease(transaction, id, state, body, now));
            }
        }

        return new Found(leases, More: true, NextDue: null);
    }

    private string? ReasonToGiveUp(ItemState state, long now)
    {
        if (state.Attempts >= options.MaxAttempts)
        {
            return $"received {state.Attempts} times";
        }

        return options.MaxAge is { } age && now - state.EnqueuedAt > age.TotalMilliseconds ? "too old" : null;
    }

    private WorkLease Lease(IWriteTransaction transaction, WorkItemId id, ItemState state, ReadOnlyMemory<byte> body, long now)
    {
        var until = WorkQueue.DueTime(now, options.Visibility);
        var leased = state with { Attempts = state.Attempts + 1, Leased = true };
        transaction.Put(_rows.Due(until, id), leased.Encode());
        return new WorkLease(queue, id, body)
        {
            Attempts = leased.Attempts,
            EnqueuedAt = DateTimeOffset.FromUnixTimeMilliseconds(state.EnqueuedAt),
            Until = DateTimeOffset.FromUnixTimeMilliseconds(until),
            Group = state.Group,
        };
    }

    private readonly record struct Found(IReadOnlyList<WorkLease> Leases, bool More, long? NextDue);
}
