using System.Buffers.Binary;

namespace Petrel.Storage.RocksDb;

/// <summary>Turns the writes of a transaction into a batch of RocksDB, which is applied and logged as one.</summary>
internal sealed unsafe class RocksBatch(RocksDatabase database, RocksReader reader) : IDisposable
{
    /// <summary>
    /// Up to this many keys of a range are deleted one by one. A range tombstone costs every later read of its table in memory, and most
    /// ranges (a trimmed log, a small resource, the counters that it never had) hold few keys or none.
    /// </summary>
    private const int DeleteOneByOne = 256;

    /// <summary>Where the last position of any log is kept, so that a trimmed log never gives a position twice.</summary>
    public static readonly Key PositionKey = new Subspace("position").Prefix;

    private readonly nint _batch = RocksNative.BatchCreate();
    private bool _holdsWrites;

    public nint Handle => _batch;

    /// <summary>Empties the batch; the first of a group carries its marker.</summary>
    public void Begin(ulong? newGroup)
    {
        RocksNative.BatchClear(_batch);
        _holdsWrites = false;
        if (newGroup is { } group)
        {
            var marker = stackalloc byte[WalMarker.Bytes];
            WalMarker.Write(new Span<byte>(marker, WalMarker.Bytes), group);
            RocksNative.BatchPutLogData(_batch, marker, WalMarker.Bytes);
        }
    }

    /// <summary>Fills the batch, and returns the last position it gave to an appended entry.</summary>
    public ulong Fill(WriteBuffer writes, ulong position)
    {
        var from = position;
        foreach (var operation in writes.Operations)
        {
            switch (operation.Kind)
            {
                case OperationKind.Put:
                    Put(Columns.Of(operation.Key), operation.Key, operation.Value.Span);
                    break;
                case OperationKind.Delete:
                    Delete(Columns.Of(operation.Key), operation.Key);
                    break;
                case OperationKind.DeleteRange:
                    DeleteEverywhere(operation.Range);
                    break;
                case OperationKind.Add:
                    Merge(operation.Key, operation.Number);
                    break;
                case OperationKind.Append:
                    Put(Column.Logs, LogKey.Entry(operation.Key, new LogPosition(++position)), operation.Value.Span);
                    break;
                case OperationKind.TrimLog:
                    DeleteRange(Column.Logs, LogKey.Through(operation.Key, operation.Through));
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(writes));
            }
        }

        if (position != from)
        {
            Span<byte> value = stackalloc byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(value, position);
            Put(Column.Meta, PositionKey, value);
        }

        return position;
    }

    public void Dispose() => RocksNative.BatchDestroy(_batch);

    private void DeleteEverywhere(KeyRange range)
    {
        foreach (var (part, column) in Columns.Split(range))
        {
            DeleteRange(column, part);
        }

        DeleteRange(Column.Counters, range);
        DeleteRange(Column.Logs, LogKey.Within(range));
    }

    private void Put(Column column, Key key, ReadOnlySpan<byte> value)
    {
        _holdsWrites = true;
        fixed (byte* keyPointer = key.Span, valuePointer = value)
        {
            byte none = 0;
            RocksNative.BatchPut(
                _batch, database[column], keyPointer is null ? &none : keyPointer, (nuint)key.Bytes.Length,
                valuePointer is null ? &none : valuePointer, (nuint)value.Length);
        }
    }

    private void Merge(Key counter, long delta)
    {
        Span<byte> value = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(value, delta);
        _holdsWrites = true;
        fixed (byte* keyPointer = counter.Span, valuePointer = value)
        {
            RocksNative.BatchMerge(_batch, database[Column.Counters], keyPointer, (nuint)counter.Bytes.Length, valuePointer, 8);
        }
    }

    private void Delete(Column column, Key key)
    {
        fixed (byte* keyPointer = key.Span)
        {
            byte none = 0;
            RocksNative.BatchDelete(_batch, database[column], keyPointer is null ? &none : keyPointer, (nuint)key.Bytes.Length);
        }
    }

    private void DeleteRange(Column column, KeyRange range)
    {
        // What this batch put before is in no table yet, so that its keys are not known here.
        if (!_holdsWrites && reader.TryListKeys(column, range, DeleteOneByOne) is { } keys)
        {
            foreach (var key in keys)
            {
                Delete(column, key);
            }

            return;
        }

        fixed (byte* begin = range.Begin.Span, end = range.End.Span)
        {
            byte none = 0;
            RocksNative.BatchDeleteRange(
                _batch, database[column], begin is null ? &none : begin, (nuint)range.Begin.Bytes.Length, end, (nuint)range.End.Bytes.Length);
        }
    }
}
