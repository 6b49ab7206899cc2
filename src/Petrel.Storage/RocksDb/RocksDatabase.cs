using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Petrel.Storage.RocksDb;

/// <summary>One open RocksDB: its handles and the few calls that the engine makes. Not aware of transactions.</summary>
internal sealed unsafe class RocksDatabase : IDisposable
{
    private readonly nint[] _columns;
    private readonly nint _database;
    private readonly nint _writeOptions = RocksNative.WriteOptionsCreate();
    private bool _disposed;

    private RocksDatabase(nint database, nint[] columns) => (_database, _columns) = (database, columns);

    public nint Handle => _database;

    public ulong LatestSequence => RocksNative.GetLatestSequenceNumber(_database);

    public nint this[Column column] => _columns[(int)column];

    public static RocksDatabase Open(RocksDbSettings settings)
    {
        using var options = new RocksOptions(settings);
        var names = Columns.Names;
        var handles = new nint[names.Length];
        var database = RocksNative.OpenColumnFamilies(
            options.Database, settings.Path, names.Length, names, options.Columns, handles, out var error);
        RocksErrors.ThrowIf(error, $"opening {settings.Path}");
        return new RocksDatabase(database, handles);
    }

    /// <summary>Hands a batch to the write-ahead log's buffer and the tables in memory; it is durable after <see cref="Sync"/>.</summary>
    public void Write(nint batch)
    {
        RocksNative.Write(_database, _writeOptions, batch, out var error);
        RocksErrors.ThrowIf(error, "writing");
    }

    /// <summary>Writes the log's buffer and waits until the disk has it.</summary>
    public void Sync()
    {
        RocksNative.FlushWal(_database, sync: 1, out var error);
        RocksErrors.ThrowIf(error, "syncing the log");
    }

    /// <summary>Reads every block of every file, and throws when a checksum does not match.</summary>
    public void VerifyChecksums()
    {
        RocksNative.VerifyChecksum(_database, out var error);
        RocksErrors.ThrowIf(error, "verifying checksums");
    }

    /// <summary>A consistent copy in a new folder: links to the files that never change, copies of the log's.</summary>
    public void Checkpoint(string path)
    {
        var checkpoint = RocksNative.CheckpointObjectCreate(_database, out var error);
        RocksErrors.ThrowIf(error, "preparing a checkpoint");
        RocksNative.CheckpointCreate(checkpoint, path, logSizeForFlush: 0, out error);
        RocksNative.CheckpointObjectDestroy(checkpoint);
        RocksErrors.ThrowIf(error, "making a checkpoint");
    }

    public string? Property(Column column, string name)
    {
        var value = RocksNative.PropertyValue(_database, this[column], name);
        if (value is null)
        {
            return null;
        }

        var text = Marshal.PtrToStringUTF8((nint)value);
        RocksNative.Free(value);
        return text;
    }

    /// <summary>The number under a key of the engine's own column; 0 when it is absent.</summary>
    public ulong ReadMeta(Key key)
    {
        using var reader = new RocksReader(this, 0);
        return reader.Get(Column.Meta, key.Span) is { } value ? BinaryPrimitives.ReadUInt64LittleEndian(value.Span) : 0;
    }

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        foreach (var column in _columns)
        {
            RocksNative.ColumnFamilyHandleDestroy(column);
        }

        RocksNative.WriteOptionsDestroy(_writeOptions);
        RocksNative.Close(_database);
    }
}
