namespace Petrel.Storage;

/// <summary>
/// The writes of one transaction in the order of the calls, with their limits, and the answer to what a key holds after them. It is
/// reused, so that small transactions allocate nothing here.
/// </summary>
internal sealed class WriteBuffer
{
    /// <summary>Up to this many writes are searched one by one; above it an index is quicker.</summary>
    private const int IndexAbove = 16;

    private readonly List<Operation> _operations = [];
    private readonly List<int> _rangeDeletes = [];
    private readonly List<string> _signals = [];
    private Dictionary<Key, int>? _index;
    private int _indexed;
    private long _bytes;

    public List<Operation> Operations => _operations;

    public List<string> Signals => _signals;

    public bool IsEmpty => _operations.Count == 0;

    public long Bytes => _bytes;

    public void Add(in Operation operation)
    {
        CheckKey(operation.Key);
        _bytes += operation.Key.Bytes.Length + operation.Second.Length;
        if (_operations.Count >= TransactionLimits.MaxKeys)
        {
            throw new TransactionTooLargeException($"A transaction writes at most {TransactionLimits.MaxKeys} keys.");
        }

        if (_bytes > TransactionLimits.MaxBytes)
        {
            throw new TransactionTooLargeException($"A transaction writes at most {TransactionLimits.MaxBytes} bytes.");
        }

        if (operation.Kind == OperationKind.DeleteRange)
        {
            _rangeDeletes.Add(_operations.Count);
        }

        _operations.Add(operation);
    }

    /// <summary>True when this transaction decides what <paramref name="key"/> holds; <paramref name="value"/> is null when it deleted it.</summary>
    public bool TryGet(Key key, out ReadOnlyMemory<byte>? value)
    {
        var at = LastWriteOf(key);
        value = null;
        if (at >= 0 && !IsRangeDeleted(key, at))
        {
            var operation = _operations[at];
            value = operation.Kind == OperationKind.Put ? operation.Value : default(ReadOnlyMemory<byte>?);
            return true;
        }

        return at >= 0 || IsRangeDeleted(key, -1);
    }

    /// <summary>Whether a range delete of this transaction covers the key; after operation <paramref name="after"/>.</summary>
    public bool IsRangeDeleted(Key key, int after = -1)
    {
        foreach (var at in _rangeDeletes)
        {
            if (at > after && _operations[at].Range.Contains(key))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>How far this transaction trimmed the log.</summary>
    public LogPosition TrimmedThrough(Key log)
    {
        var through = LogPosition.Start;
        foreach (var operation in _operations)
        {
            if (operation.Kind == OperationKind.TrimLog && operation.Key == log && operation.Through.CompareTo(through) > 0)
            {
                through = operation.Through;
            }
        }

        return through;
    }

    public bool Touches(KeyRange range)
    {
        foreach (var operation in _operations)
        {
            var touched = operation.Kind switch
            {
                OperationKind.Put or OperationKind.Delete => range.Contains(operation.Key),
                OperationKind.DeleteRange => operation.Range.Begin < range.End && range.Begin < operation.Range.End,
                _ => false,
            };
            if (touched)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The keys of the range that this transaction put or deleted, each once with its last value, in scan order.</summary>
    public List<(Key Key, ReadOnlyMemory<byte>? Value)> Collect(KeyRange range, bool reverse)
    {
        var last = new Dictionary<Key, ReadOnlyMemory<byte>?>();
        for (var i = 0; i < _operations.Count; i++)
        {
            var operation = _operations[i];
            if (operation.Kind is OperationKind.Put or OperationKind.Delete && range.Contains(operation.Key))
            {
                last[operation.Key] = operation.Kind == OperationKind.Put && !IsRangeDeleted(operation.Key, i) ? operation.Value : default(ReadOnlyMemory<byte>?);
            }
        }

        var collected = new List<(Key Key, ReadOnlyMemory<byte>? Value)>(last.Count);
        foreach (var (key, value) in last)
        {
            collected.Add((key, value));
        }

        collected.Sort(static (left, right) => left.Key.CompareTo(right.Key));
        if (reverse)
        {
            collected.Reverse();
        }

        return collected;
    }

    public void Clear()
    {
        _operations.Clear();
        _rangeDeletes.Clear();
        _signals.Clear();
        _index = null;
        _indexed = 0;
        _bytes = 0;
    }

    private static void CheckKey(Key key)
    {
        if (key.Bytes.Length > TransactionLimits.MaxKeyBytes)
        {
            throw new TransactionTooLargeException($"A key has at most {TransactionLimits.MaxKeyBytes} bytes.");
        }
    }

    private int LastWriteOf(Key key)
    {
        if (_operations.Count > IndexAbove)
        {
            return Index().GetValueOrDefault(key, -1);
        }

        for (var i = _operations.Count - 1; i >= 0; i--)
        {
            if (_operations[i].Kind is OperationKind.Put or OperationKind.Delete && _operations[i].Key == key)
            {
                return i;
            }
        }

        return -1;
    }

    private Dictionary<Key, int> Index()
    {
        _index ??= [];
        for (; _indexed < _operations.Count; _indexed++)
        {
            if (_operations[_indexed].Kind is OperationKind.Put or OperationKind.Delete)
            {
                _index[_operations[_indexed].Key] = _indexed;
            }
        }

        return _index;
    }
}
