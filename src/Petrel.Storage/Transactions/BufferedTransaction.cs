namespace Petrel.Storage;

/// <summary>
/// The transaction that every engine hands to a write function: reads go to the engine's snapshot and are merged with the transaction's
/// own writes, which wait in a buffer until the engine commits them.
/// </summary>
internal sealed class BufferedTransaction(IReadTransaction snapshot, WriteBuffer buffer) : IWriteTransaction
{
    private bool _closed;

    public WriteBuffer Buffer => buffer;

    /// <summary>Refuses all later use: a function may have kept the object, whose buffer serves the next transaction.</summary>
    public void Close() => _closed = true;

    public void Put(Key key, ReadOnlyMemory<byte> value) => Write(OperationKind.Put, key, value);

    public void Delete(Key key) => Write(OperationKind.Delete, key, default);

    public void DeleteRange(KeyRange range)
    {
        if (!range.IsEmpty)
        {
            Write(OperationKind.DeleteRange, range.Begin, range.End.Bytes);
        }
    }

    public void Add(Key counter, long delta) => Write(OperationKind.Add, counter, default, delta);

    public void Append(Key log, ReadOnlyMemory<byte> value) => Write(OperationKind.Append, log, value);

    public void TrimLog(Key log, LogPosition through) => Write(OperationKind.TrimLog, log, default, (long)through.Value);

    public void Signal(string topic)
    {
        Check();
        if (!Buffer.Signals.Contains(topic))
        {
            Buffer.Signals.Add(topic);
        }
    }

    public ValueTask<ReadOnlyMemory<byte>?> GetAsync(Key key)
    {
        Check();
        return Buffer.TryGet(key, out var value) ? new(value) : snapshot.GetAsync(key);
    }

    public ValueTask<IReadOnlyList<ReadOnlyMemory<byte>?>> GetManyAsync(IReadOnlyList<Key> keys)
    {
        Check();
        return Buffer.IsEmpty ? snapshot.GetManyAsync(keys) : GetManyMergedAsync(keys);
    }

    public ValueTask<IReadOnlyList<KeyValue>> ScanAsync(KeyRange range, int limit, bool reverse = false)
    {
        Check();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        return Buffer.Touches(range) ? ScanMergedAsync(range, limit, reverse) : snapshot.ScanAsync(range, limit, reverse);
    }

    public ValueTask<long> GetCounterAsync(Key counter)
    {
        Check();
        return Buffer.IsRangeDeleted(counter) ? new(0L) : snapshot.GetCounterAsync(counter);
    }

    public ValueTask<IReadOnlyList<LogRecord>> ReadLogAsync(Key log, LogPosition after, int limit)
    {
        Check();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        if (Buffer.IsRangeDeleted(log))
        {
            return new((IReadOnlyList<LogRecord>)[]);
        }

        var trimmed = Buffer.TrimmedThrough(log);
        return snapshot.ReadLogAsync(log, trimmed.CompareTo(after) > 0 ? trimmed : after, limit);
    }

    public ValueTask<LogPosition> GetLogEndAsync(Key log)
    {
        Check();
        return Buffer.IsRangeDeleted(log) ? new(LogPosition.Start) : snapshot.GetLogEndAsync(log);
    }

    private void Write(OperationKind kind, Key key, ReadOnlyMemory<byte> second, long number = 0)
    {
        Check();
        Buffer.Add(new Operation(kind, key, second, number));
    }

    private void Check()
    {
        if (_closed)
        {
            throw new InvalidOperationException("The transaction has ended; its function kept it, or awaited something else than it.");
        }
    }

    private async ValueTask<IReadOnlyList<ReadOnlyMemory<byte>?>> GetManyMergedAsync(IReadOnlyList<Key> keys)
    {
        var values = new ReadOnlyMemory<byte>?[keys.Count];
        var asked = new List<Key>(keys.Count);
        var places = new List<int>(keys.Count);
        for (var i = 0; i < keys.Count; i++)
        {
            if (!Buffer.TryGet(keys[i], out values[i]))
            {
                asked.Add(keys[i]);
                places.Add(i);
            }
        }

        if (asked.Count > 0)
        {
            var found = await snapshot.GetManyAsync(asked);
            for (var i = 0; i < places.Count; i++)
            {
                values[places[i]] = found[i];
            }
        }

        return values;
    }

    /// <summary>Merges pages of the snapshot with the transaction's own writes of the range, both in scan order.</summary>
    private async ValueTask<IReadOnlyList<KeyValue>> ScanMergedAsync(KeyRange range, int limit, bool reverse)
    {
        var own = Buffer.Collect(range, reverse);
        var merged = new List<KeyValue>(Math.Min(limit, 64));
        var at = 0;
        while (true)
        {
            var page = range.IsEmpty ? [] : await snapshot.ScanAsync(range, limit, reverse);
            foreach (var pair in page)
            {
                at = TakeBefore(own, at, pair.Key, reverse, merged, limit);
                if (merged.Count == limit)
                {
                    return merged;
                }

                if (!Buffer.TryGet(pair.Key, out _))
                {
                    merged.Add(pair);
                }
            }

            if (page.Count < limit)
            {
                TakeBefore(own, at, null, reverse, merged, limit);
                return merged;
            }

            range = reverse ? range.Before(page[^1].Key) : range.After(page[^1].Key);
        }
    }

    /// <summary>Takes own pairs that come up to <paramref name="bound"/> (all when null), and returns where it stopped.</summary>
    private static int TakeBefore(
        List<(Key Key, ReadOnlyMemory<byte>? Value)> own, int at, Key? bound, bool reverse, List<KeyValue> merged, int limit)
    {
        for (; at < own.Count && merged.Count < limit; at++)
        {
            var order = bound is { } key ? own[at].Key.CompareTo(key) : 0;
            if (bound is not null && (reverse ? order < 0 : order > 0))
            {
                break;
            }

            if (own[at].Value is { } value)
            {
                merged.Add(new KeyValue(own[at].Key, value));
            }
        }

        return at;
    }
}
