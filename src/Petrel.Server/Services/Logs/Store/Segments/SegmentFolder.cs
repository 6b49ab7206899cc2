using Microsoft.Win32.SafeHandles;
using Petrel.Storage.Files;

namespace Petrel.Server.Services.Logs.Store.Segments;

/// <summary>
/// The files of one group: full segments and, at the end, the one that is written. A process always begins a segment of its own, so that a
/// tail that a crash tore stays behind and is never written over.
/// </summary>
/// <remarks>
/// One thread at a time changes it. Readers look at its list and indexes under <c>gate</c>, which is therefore held for changes of these,
/// but never while the disk is waited for.
/// </remarks>
internal sealed class SegmentFolder : IDisposable
{
    private readonly Lock _gate;
    private readonly List<Segment> _segments = [];
    private SafeFileHandle? _active;
    private bool _ownsLast;

    /// <summary>Numbers of segments that are gone are not given again.</summary>
    private ulong _floor;

    /// <summary>A file was made whose name is not synced yet.</summary>
    private bool _newName;

    public SegmentFolder(string path, Lock gate)
    {
        _gate = gate;
        Path = path;
        Directory.CreateDirectory(path);
        foreach (var file in Directory.EnumerateFiles(path, "*" + Segment.Extension))
        {
            if (ulong.TryParse(System.IO.Path.GetFileNameWithoutExtension(file), System.Globalization.NumberStyles.HexNumber, null, out var first))
            {
                _segments.Add(new Segment(path, first) { Length = new FileInfo(file).Length });
            }
        }

        _segments.Sort((a, b) => a.BaseSequence.CompareTo(b.BaseSequence));
    }

    public string Path { get; }

    public IReadOnlyList<Segment> Segments => _segments;

    public long TotalBytes => _segments.Sum(s => s.Length);

    /// <summary>The segment being written; begun when there is none.</summary>
    public Segment Active()
    {
        if (_ownsLast)
        {
            return _segments[^1];
        }

        // An event takes more than a byte, so that the length of the last segment is above the numbers that it used.
        var first = Math.Max(_floor, _segments.Count == 0 ? 1 : _segments[^1].BaseSequence + (ulong)_segments[^1].Length + 1);
        var segment = new Segment(Path, first);
        segment.SetIndex(new SegmentIndex(first));
        lock (_gate)
        {
            _segments.Add(segment);
        }

        _ownsLast = true;
        _newName = true;
        return segment;
    }

    /// <summary>Appends sealed blocks to the active segment and takes them up into its index.</summary>
    public void Append(ReadOnlyMemory<byte> block, in BlockHeader header)
    {
        var segment = Active();
        _active ??= File.OpenHandle(segment.Path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        RandomAccess.Write(_active, block.Span, segment.Length);
        lock (_gate)
        {
            segment.Length += block.Length;
            segment.Index().Add(header, block.Span[BlockHeader.Bytes..]);
        }
    }

    /// <summary>Returns when all that was appended would survive a loss of power.</summary>
    public void Sync()
    {
        if (_active is null)
        {
            return;
        }

        RandomAccess.FlushToDisk(_active);
        if (_newName)
        {
            SyncNames();
            _newName = false;
        }
    }

    /// <summary>The file's name, the folder's in <c>logs</c>, and that one's in the data folder.</summary>
    private void SyncNames()
    {
        var folder = Path;
        for (var level = 0; level < 3 && folder is not null; level++)
        {
            DurableFiles.SyncDirectory(folder);
            folder = System.IO.Path.GetDirectoryName(folder);
        }
    }

    /// <summary>Ends the active segment; the next append begins another.</summary>
    public void Roll()
    {
        if (!_ownsLast)
        {
            return;
        }

        Close();
        var segment = _segments[^1];
        IndexFile.Write(segment.IndexPath, segment.Index());
        _ownsLast = false;
    }

    /// <summary>Removes the oldest segment; false when there is only the active one.</summary>
    public bool DropOldest(out long bytes, out long events)
    {
        (bytes, events) = (0, 0);
        if (_segments.Count == 0 || (_segments.Count == 1 && _ownsLast))
        {
            return false;
        }

        var oldest = _segments[0];
        bytes = oldest.Length;
        events = oldest.Index().Streams.Values.Sum(s => s.Events);
        oldest.Delete();
        _floor = oldest.BaseSequence + (ulong)oldest.Length + 1;
        lock (_gate)
        {
            _segments.RemoveAt(0);
        }

        return true;
    }

    /// <summary>Gives back the file and the indexes that can be loaded again.</summary>
    public void Close()
    {
        _active?.Dispose();
        _active = null;
        foreach (var segment in _ownsLast ? _segments.SkipLast(1) : _segments)
        {
            segment.Unload();
        }
    }

    public void Dispose()
    {
        Roll();
        Close();
    }
}
