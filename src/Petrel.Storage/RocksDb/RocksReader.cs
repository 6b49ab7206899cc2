using System.Buffers.Binary;

namespace Petrel.Storage.RocksDb;

/// <summary>
/// Reads of one snapshot, or of everything written so far when it is 0 (the lane's own reads). All of them complete synchronously.
/// </summary>
internal sealed unsafe class RocksReader : IReadTransaction, IDisposable
{
    private const int ScratchBytes = 16 * 1024;

    [ThreadStatic]
    private static byte[]? _scratch;

    private readonly RocksDatabase _database;
    private readonly nint _snapshot;
    private nint _options;

    public RocksReader(RocksDatabase database, nint snapshot)
    {
        _database = database;
        _snapshot = snapshot;
        _options = CreateOptions();
    }

    public ValueTask<ReadOnlyMemory<byte>?> GetAsync(Key key) => new(Get(Columns.Of(key), key.Span));

    public ValueTask<IReadOnlyList<ReadOnlyMemory<byte>?>> GetManyAsync(IReadOnlyList<Key> keys)
    {
        var values = new ReadOnlyMemory<byte>?[keys.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Get(Columns.Of(keys[i]), keys[i].Span);
        }

        return new(values);
    }

    public ValueTask<IReadOnlyList<KeyValue>> ScanAsync(KeyRange range, int limit, bool reverse = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        var found = new List<KeyValue>(Math.Min(limit, 16));
        if (range.IsEmpty)
        {
            return new(found);
        }

        if (Columns.TryWhole(range, out var column))
        {
            Scan(column, range, limit, reverse, found);
            return new(found);
        }

        var parts = Columns.Split(range);
        for (var i = 0; i < parts.Count && found.Count < limit; i++)
        {
            var part = parts[reverse ? parts.Count - 1 - i : i];
            Scan(part.Column, part.Range, limit, reverse, found);
        }

        return new(found);
    }

    public ValueTask<long> GetCounterAsync(Key counter) =>
        new(Get(Column.Counters, counter.Span) is { } value ? BinaryPrimitives.ReadInt64LittleEndian(value.Span) : 0);

    public ValueTask<IReadOnlyList<LogRecord>> ReadLogAsync(Key log, LogPosition after, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        var found = new List<KeyValue>();
        Scan(Column.Logs, LogKey.After(log, after), limit, reverse: false, found);
        return new(found.ConvertAll(static entry => new LogRecord(LogKey.PositionOf(entry.Key), entry.Value)));
    }

    public ValueTask<LogPosition> GetLogEndAsync(Key log)
    {
        var found = new List<KeyValue>();
        Scan(Column.Logs, LogKey.After(log, LogPosition.Start), 1, reverse: true, found, values: false);
        return new(found is [var last] ? LogKey.PositionOf(last.Key) : LogPosition.Start);
    }

    public ReadOnlyMemory<byte>? Get(Column column, ReadOnlySpan<byte> key)
    {
        var scratch = _scratch ??= new byte[ScratchBytes];
        if (TryGet(column, key, scratch, out var length))
        {
            return length < 0 ? default(ReadOnlyMemory<byte>?) : scratch.AsSpan(0, length).ToArray();
        }

        while (true)
        {
            var value = new byte[length];
            var size = length;
            if (TryGet(column, key, value, out length))
            {
                return length < 0 ? default(ReadOnlyMemory<byte>?) : value.AsMemory(0, length);
            }

            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(length, size);
        }
    }

    /// <summary>The keys of a range; null when there are more than <paramref name="max"/>.</summary>
    public List<Key>? TryListKeys(Column column, KeyRange range, int max)
    {
        var found = new List<KeyValue>();
        Scan(column, range, max + 1, reverse: false, found, values: false);
        return found.Count > max ? null : found.ConvertAll(static pair => pair.Key);
    }

    public void Dispose()
    {
        if (_options != 0)
        {
            RocksNative.ReadOptionsDestroy(_options);
            _options = 0;
        }
    }

    /// <summary>False when the value does not fit; <paramref name="length"/> is its size, negative when there is none.</summary>
    private bool TryGet(Column column, ReadOnlySpan<byte> key, Span<byte> into, out int length)
    {
        ObjectDisposedException.ThrowIf(_options == 0, this);
        fixed (byte* keyPointer = key, buffer = into)
        {
            // An empty key has no pointer, and the library wants one.
            byte none = 0;
            var fits = RocksNative.GetIntoBuffer(
                _database.Handle, _options, _database[column], keyPointer is null ? &none : keyPointer, (nuint)key.Length,
                buffer, (nuint)into.Length, out var valueLength, out var found, out var error);
            RocksErrors.ThrowIf(error, "reading");
            length = found == 0 ? -1 : (int)valueLength;
            return found == 0 || fits != 0;
        }
    }

    private void Scan(Column column, KeyRange range, int limit, bool reverse, List<KeyValue> found, bool values = true)
    {
        ObjectDisposedException.ThrowIf(_options == 0, this);
        fixed (byte* begin = range.Begin.Span, end = range.End.Span)
        {
            // The bounds keep the iterator from wading through deleted entries behind the range; they live as long as it does.
            var options = CreateOptions();
            if (begin is not null)
            {
                RocksNative.ReadOptionsSetLowerBound(options, begin, (nuint)range.Begin.Bytes.Length);
            }

            RocksNative.ReadOptionsSetUpperBound(options, end, (nuint)range.End.Bytes.Length);
            var iterator = RocksNative.CreateIterator(_database.Handle, options, _database[column]);
            try
            {
                Walk(iterator, limit, reverse, found, values);
            }
            finally
            {
                RocksNative.IteratorDestroy(iterator);
                RocksNative.ReadOptionsDestroy(options);
            }
        }
    }

    private static void Walk(nint iterator, int limit, bool reverse, List<KeyValue> found, bool values)
    {
        if (reverse)
        {
            RocksNative.IteratorSeekToLast(iterator);
        }
        else
        {
            RocksNative.IteratorSeekToFirst(iterator);
        }

        while (found.Count < limit && RocksNative.IteratorValid(iterator) != 0)
        {
            found.Add(new KeyValue(CopyKey(iterator), values ? CopyValue(iterator) : default));
            if (found.Count == limit)
            {
                return;
            }

            if (reverse)
            {
                RocksNative.IteratorPrevious(iterator);
            }
            else
            {
                RocksNative.IteratorNext(iterator);
            }
        }

        if (found.Count < limit)
        {
            RocksNative.IteratorGetError(iterator, out var error);
            RocksErrors.ThrowIf(error, "scanning");
        }
    }

    private static Key CopyKey(nint iterator)
    {
        var key = RocksNative.IteratorKey(iterator, out var length);
        return new Key(new ReadOnlySpan<byte>(key, (int)length).ToArray());
    }

    private static ReadOnlyMemory<byte> CopyValue(nint iterator)
    {
        var value = RocksNative.IteratorValue(iterator, out var length);
        return new ReadOnlySpan<byte>(value, (int)length).ToArray();
    }

    private nint CreateOptions()
    {
        var options = RocksNative.ReadOptionsCreate();
        if (_snapshot != 0)
        {
            RocksNative.ReadOptionsSetSnapshot(options, _snapshot);
        }

        return options;
    }
}
