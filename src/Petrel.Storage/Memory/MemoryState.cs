using System.Collections.Immutable;

namespace Petrel.Storage.Memory;

/// <summary>One state of the memory engine. It never changes, so that a reader keeps a snapshot by keeping the reference.</summary>
internal sealed record MemoryState(
    ImmutableSortedSet<KeyValue> Data, ImmutableSortedSet<KeyValue> Counters, ImmutableSortedSet<KeyValue> Logs, ulong Position)
{
    private static readonly ImmutableSortedSet<KeyValue> None =
        ImmutableSortedSet.Create<KeyValue>(Comparer<KeyValue>.Create(static (left, right) => left.Key.CompareTo(right.Key)));

    public static MemoryState Empty { get; } = new(None, None, None, 0);

    /// <summary>The state after the writes of one transaction.</summary>
    public MemoryState Apply(WriteBuffer writes)
    {
        var builder = new MemoryStateBuilder(this);
        foreach (var operation in writes.Operations)
        {
            builder.Apply(operation);
        }

        return builder.ToState();
    }
}

/// <summary>Applies writes to a state. Keys and values are copied: their buffers belong to the caller.</summary>
internal sealed class MemoryStateBuilder(MemoryState from)
{
    private readonly ImmutableSortedSet<KeyValue>.Builder _data = from.Data.ToBuilder();
    private readonly ImmutableSortedSet<KeyValue>.Builder _counters = from.Counters.ToBuilder();
    private readonly ImmutableSortedSet<KeyValue>.Builder _logs = from.Logs.ToBuilder();
    private ulong _position = from.Position;

    public MemoryState ToState() => new(_data.ToImmutable(), _counters.ToImmutable(), _logs.ToImmutable(), _position);

    public void Apply(in Operation operation)
    {
        var key = operation.Key;
        switch (operation.Kind)
        {
            case OperationKind.Put:
                Set(_data, key, operation.Value.ToArray());
                break;
            case OperationKind.Delete:
                _data.Remove(new KeyValue(key, default));
                break;
            case OperationKind.DeleteRange:
                RemoveRange(_data, operation.Range);
                RemoveRange(_counters, operation.Range);
                RemoveRange(_logs, LogKey.Within(operation.Range));
                break;
            case OperationKind.Add:
                Set(_counters, key, BitConverter.GetBytes(unchecked(Counter(key) + operation.Number)));
                break;
            case OperationKind.Append:
                Set(_logs, LogKey.Entry(key, new LogPosition(++_position)), operation.Value.ToArray());
                break;
            case OperationKind.TrimLog:
                RemoveRange(_logs, LogKey.Through(key, operation.Through));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(operation));
        }
    }

    private static void Set(ImmutableSortedSet<KeyValue>.Builder set, Key key, byte[] value)
    {
        set.Remove(new KeyValue(key, default));
        set.Add(new KeyValue(new Key(key.Span.ToArray()), value));
    }

    private static void RemoveRange(ImmutableSortedSet<KeyValue>.Builder set, KeyRange range)
    {
        var at = set.IndexOf(new KeyValue(range.Begin, default));
        at = at < 0 ? ~at : at;
        while (at < set.Count && set[at].Key < range.End)
        {
            set.Remove(set[at]);
        }
    }

    private long Counter(Key key) => _counters.TryGetValue(new KeyValue(key, default), out var found) ? BitConverter.ToInt64(found.Value.Span) : 0;
}
