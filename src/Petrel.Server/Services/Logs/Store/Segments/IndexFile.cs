using System.IO.Hashing;
using System.Text;

namespace Petrel.Server.Services.Logs.Store.Segments;

/// <summary>
/// The index of a full segment as a file beside it: saves reading the segment. It can always be made anew, so it is not synced, and one
/// that does not fit is ignored.
/// </summary>
internal static class IndexFile
{
    private const uint Magic = 0x31494C50;
    private const int ChecksumBytes = 8;

    public static void Write(string path, SegmentIndex index)
    {
        using var memory = new MemoryStream();
        using (var writer = new BinaryWriter(memory, Encoding.UTF8, leaveOpen: true))
        {
            WriteContent(writer, index);
            writer.Write(XxHash3.HashToUInt64(memory.GetBuffer().AsSpan(0, (int)memory.Length)));
        }

        File.WriteAllBytes(path + ".new", memory.GetBuffer().AsSpan(0, (int)memory.Length));
        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>Null when there is none, or it belongs to another length of the segment.</summary>
    public static SegmentIndex? TryRead(string path, ulong baseSequence, long segmentLength)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (FileNotFoundException)
        {
            return null;
        }

        var content = bytes.AsSpan(0, Math.Max(0, bytes.Length - ChecksumBytes));
        if (bytes.Length <= ChecksumBytes || XxHash3.HashToUInt64(content) != BitConverter.ToUInt64(bytes.AsSpan(content.Length)))
        {
            return null;
        }

        using var reader = new BinaryReader(new MemoryStream(bytes, 0, content.Length), Encoding.UTF8);
        return reader.ReadUInt32() == Magic && reader.ReadInt64() == segmentLength ? ReadContent(reader, baseSequence, segmentLength) : null;
    }

    private static void WriteContent(BinaryWriter writer, SegmentIndex index)
    {
        writer.Write(Magic);
        writer.Write(index.Length);
        writer.Write(index.NextSequence);
        writer.Write(index.MinTime);
        writer.Write(index.MaxTime);
        writer.Write(index.Streams.Count);
        foreach (var (number, span) in index.Streams)
        {
            writer.Write(number);
            writer.Write(span.Identity.Id);
            writer.Write(span.Identity.Name);
            writer.Write(span.Identity.CreatedAt);
            writer.Write(span.FirstTime);
            writer.Write(span.LastTime);
            writer.Write(span.LastIngestion);
            writer.Write(span.Events);
        }

        writer.Write(index.Deleted.Count);
        foreach (var id in index.Deleted)
        {
            writer.Write(id);
        }

        writer.Write(index.Runs.Count);
        foreach (var run in index.Runs)
        {
            writer.Write(run.Offset);
            writer.Write(run.Bytes);
            writer.Write(run.FirstSequence);
            writer.Write(run.NextSequence);
            writer.Write(run.MinTime);
            writer.Write(run.MaxTime);
            writer.Write(run.Streams);
        }
    }

    private static SegmentIndex ReadContent(BinaryReader reader, ulong baseSequence, long length)
    {
        var index = new SegmentIndex(baseSequence)
        {
            Length = length,
            NextSequence = reader.ReadUInt64(),
            MinTime = reader.ReadInt64(),
            MaxTime = reader.ReadInt64(),
        };
        for (var streams = reader.ReadInt32(); streams > 0; streams--)
        {
            var number = reader.ReadInt32();
            index.Streams[number] = new StreamSpan(new StreamIdentity(reader.ReadUInt64(), reader.ReadString(), reader.ReadInt64()))
            {
                FirstTime = reader.ReadInt64(),
                LastTime = reader.ReadInt64(),
                LastIngestion = reader.ReadInt64(),
                Events = reader.ReadInt64(),
            };
        }

        for (var deleted = reader.ReadInt32(); deleted > 0; deleted--)
        {
            index.Deleted.Add(reader.ReadUInt64());
        }

        for (var runs = reader.ReadInt32(); runs > 0; runs--)
        {
            index.Runs.Add(new IndexRun(
                reader.ReadInt64(),
                reader.ReadInt32(),
                reader.ReadUInt64(),
                reader.ReadUInt64(),
                reader.ReadInt64(),
                reader.ReadInt64(),
                reader.ReadUInt64()));
        }

        return index;
    }
}
