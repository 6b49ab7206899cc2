using System.Collections.Immutable;

namespace Petrel.Storage.Memory;

/// <summary>Reads of one state of the memory engine.</summary>
internal sealed class MemorySnapshot(MemoryState state) : IReadTransaction
{
    public ValueTask<ReadOnlyMemory<byte>?> GetAsync(Key key) => new(Get(state.Data, key));

    public ValueTask<IReadOnlyList<ReadOnlyMemory<byte>?>> GetManyAsync(IReadOnlyList<Key> keys)
    {
        var values = new ReadOnlyMemory<byte>?[keys.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Get(state.Data, keys[i]);
        }

        return new(values);
    }

    public ValueTask<IReadOnlyList<KeyValue>> ScanAsync(KeyRange range, int limit, bool reverse = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        return new(reverse ? Backward(state.Data, range, limit) : Forward(state.Data, range, limit));
    }

    public ValueTask<long> GetCounterAsync(Key counter) =>
        new(Get(state.Counters, counter) is { } value ? BitConverter.ToInt64(value.Span) : 0);

    public ValueTask<IReadOnlyList<LogRecord>> ReadLogAsync(Key log, LogPosition after, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        var entries = Forward(state.Logs, LogKey.After(log, after), limit);
        return new(entries.ConvertAll(static entry => new LogRecord(LogKey.PositionOf(entry.Key), entry.Value)));
    }

    public ValueTask<LogPosition> GetLogEndAsync(Key log) =>
        new(Backward(state.Logs, LogKey.After(log, LogPosition.Start), 1) is [var last] ? LogKey.PositionOf(last.Key) : LogPosition.Start);

    private static ReadOnlyMemory<byte>? Get(ImmutableSortedSet<KeyValue> set, Key key) =>
        set.TryGetValue(new KeyValue(key, default), out var found) ? found.Value : default(ReadOnlyMemory<byte>?);

    private static List<KeyValue> Forward(ImmutableSortedSet<KeyValue> set, KeyRange range, int limit)
    {
        var found = new List<KeyValue>();
        for (var at = FirstAtOrAfter(set, range.Begin); at < set.Count && found.Count < limit && set[at].Key < range.End; at++)
        {
            found.Add(set[at]);
        }

        return found;
    }

    private static List<KeyValue> Backward(ImmutableSortedSet<KeyValue> set, KeyRange range, int limit)
    {
        var found = new List<KeyValue>();
        for (var at = FirstAtOrAfter(set, range.End) - 1; at >= 0 && found.Count < limit && set[at].Key >= range.Begin; at--)
        {
            found.Add(set[at]);
        }

        return found;
    }

    private static int FirstAtOrAfter(ImmutableSortedSet<KeyValue> set, Key key)
    {
        var at = set.IndexOf(new KeyValue(key, default));
        return at < 0 ? ~at : at;
    }
}
