using Microsoft.Win32.SafeHandles;

namespace Petrel.Server.Services.Logs.Store.Segments;

/// <summary>One file of a group's log, named after its first sequence number.</summary>
internal sealed class Segment(string folder, ulong baseSequence)
{
    public const string Extension = ".log";
    public const string IndexExtension = ".idx";

    private SegmentIndex? _index;

    public ulong BaseSequence { get; } = baseSequence;

    public string Path { get; } = System.IO.Path.Combine(folder, baseSequence.ToString("x16") + Extension);

    public string IndexPath => System.IO.Path.ChangeExtension(Path, IndexExtension);

    /// <summary>Bytes of the file.</summary>
    public long Length { get; set; }

    /// <summary>The index in memory; null for a full segment that was not read lately.</summary>
    public SegmentIndex? LoadedIndex => _index;

    public void SetIndex(SegmentIndex index) => _index = index;

    /// <summary>Forgets the index; the next reader loads it again.</summary>
    public void Unload() => _index = null;

    /// <summary>The index: from memory, from the file beside the segment, or by reading the segment to its last intact block.</summary>
    public SegmentIndex Index() => _index ??= IndexFile.TryRead(IndexPath, BaseSequence, Length) ?? Scan();

    public SafeFileHandle OpenToRead() => File.OpenHandle(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    public void Delete()
    {
        File.Delete(Path);
        File.Delete(IndexPath);
    }

    private SegmentIndex Scan()
    {
        var index = new SegmentIndex(BaseSequence);
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(Path);
        }
        catch (FileNotFoundException)
        {
            return index;
        }

        var rest = bytes.AsSpan();
        while (BlockHeader.TryRead(rest, out var header))
        {
            index.Add(header, rest[BlockHeader.Bytes..header.TotalBytes]);
            rest = rest[header.TotalBytes..];
        }

        return index;
    }
}
