using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Numerics;

namespace Petrel.Storage.RocksDb;

/// <summary>
/// Reads a file of the write-ahead log as RocksDB wrote it: blocks of 32 KB; in them records with checksum (4), length (2) and kind (1),
/// a batch being one whole record or a chain of first, middle and last.
/// </summary>
internal sealed unsafe class WalFile : IDisposable
{
    private const int BlockBytes = 32 * 1024;
    private const int HeaderBytes = 7;

    /// <summary>Mapped, not read: a log has up to 64 MB, which would stay in the daemon's memory for long.</summary>
    private readonly MemoryMappedFile? _file;

    private readonly MemoryMappedViewAccessor? _view;
    private readonly byte* _bytes;
    private readonly int _length;

    public WalFile(string path)
    {
        Path = path;
        _length = checked((int)new FileInfo(path).Length);
        if (_length > 0)
        {
            _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, mapName: null, 0, MemoryMappedFileAccess.Read);
            _view = _file.CreateViewAccessor(0, _length, MemoryMappedFileAccess.Read);
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _bytes);
        }

        Scan();
    }

    private enum RecordKind : byte
    {
        Full = 1,
        First = 2,
        Middle = 3,
        Last = 4,
    }

    public string Path { get; }

    public long Length => _length;

    /// <summary>Where the batches end that can be read one after another.</summary>
    public int ValidEnd { get; private set; }

    /// <summary>Where the first record begins that does not read; null when all do.</summary>
    public int? BadAt { get; private set; }

    /// <summary>The last group whose marker stands in the readable part.</summary>
    public ulong? LastGroup { get; private set; }

    private ReadOnlySpan<byte> Log => new(_bytes, _length);

    /// <summary>
    /// Whether a group begins after the one in which reading stopped at <paramref name="from"/>. The record there may hold its own group's
    /// marker; any other of a later group proves that what does not read had been synced.
    /// </summary>
    public bool HoldsLaterGroup(int from, ulong? lastGroup)
    {
        for (var at = WalMarker.Find(Log, from, out var group); at >= 0; at = WalMarker.Find(Log, at + 1, out group))
        {
            var ownOfFirstRecord = at == from + HeaderBytes + WalMarker.OffsetInBatch && (lastGroup is null || group == lastGroup + 1);
            if (!ownOfFirstRecord && (lastGroup is null || group > lastGroup))
            {
                return true;
            }
        }

        return false;
    }

    public void Dispose()
    {
        _view?.SafeMemoryMappedViewHandle.ReleasePointer();
        _view?.Dispose();
        _file?.Dispose();
    }

    private void Scan()
    {
        var at = 0;
        var batchAt = 0;
        var inBatch = false;
        while (at < _length)
        {
            var leftInBlock = BlockBytes - (at % BlockBytes);
            if (leftInBlock < HeaderBytes)
            {
                at += leftInBlock;
                continue;
            }

            if (!TryRead(at, leftInBlock, out var kind, out var payload) || !Fits(kind, inBatch))
            {
                BadAt = at;
                return;
            }

            batchAt = inBatch ? batchAt : at;
            at += HeaderBytes + payload;
            inBatch = kind is RecordKind.First or RecordKind.Middle;
            if (!inBatch)
            {
                NoteGroup(batchAt);
                ValidEnd = at;
            }
        }

        if (inBatch)
        {
            BadAt = batchAt;
        }
    }

    private bool TryRead(int at, int leftInBlock, out RecordKind kind, out int payload)
    {
        (kind, payload) = (default, 0);
        if (at + HeaderBytes > _length)
        {
            return false;
        }

        var header = Log[at..];
        payload = BinaryPrimitives.ReadUInt16LittleEndian(header[4..]);
        kind = (RecordKind)header[6];
        var end = HeaderBytes + payload;
        return kind != default && end <= leftInBlock && at + end <= _length
            && Unmask(BinaryPrimitives.ReadUInt32LittleEndian(header)) == Crc32C(header[6..end]);
    }

    /// <summary>Kinds beyond the four are notes of RocksDB's own, which stand between batches.</summary>
    private static bool Fits(RecordKind kind, bool inBatch) => kind switch
    {
        RecordKind.Middle or RecordKind.Last => inBatch,
        _ => !inBatch,
    };

    private void NoteGroup(int batchAt)
    {
        var marker = WalMarker.Find(Log, batchAt, out var group);
        if (marker == batchAt + HeaderBytes + WalMarker.OffsetInBatch)
        {
            LastGroup = group;
        }
    }

    private static uint Unmask(uint masked)
    {
        var rotated = masked - 0xA282EAD8;
        return BitOperations.RotateLeft(rotated, 15);
    }

    private static uint Crc32C(ReadOnlySpan<byte> data)
    {
        var crc = 0xFFFFFFFFu;
        while (data.Length >= 8)
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
            data = data[8..];
        }

        foreach (var b in data)
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return ~crc;
    }
}
