namespace Petrel.Server.Services.Logs.Store.Segments;

/// <summary>A run of neighbouring blocks, about 64 KB: the unit in which a segment is searched.</summary>
/// <param name="Streams">A bit set of the streams in it, hashed to 64 bits: a stream whose bit is missing is not there.</param>
internal readonly record struct IndexRun(
    long Offset,
    int Bytes,
    ulong FirstSequence,
    ulong NextSequence,
    long MinTime,
    long MaxTime,
    ulong Streams)
{
    public bool MayContain(ulong streamId) => (Streams & BitOf(streamId)) != 0;

    public static ulong BitOf(ulong streamId) => 1UL << (int)((streamId * 0x9E3779B97F4A7C15) >> 58);
}

/// <summary>What a segment knows of one stream.</summary>
internal sealed class StreamSpan(StreamIdentity identity)
{
    public StreamIdentity Identity { get; } = identity;

    public long FirstTime { get; set; } = long.MaxValue;

    public long LastTime { get; set; } = long.MinValue;

    public long LastIngestion { get; set; }

    public long Events { get; set; }
}

/// <summary>What is where in a segment. Made while writing, kept beside a full segment, and made anew by reading it when that is missing.</summary>
internal sealed class SegmentIndex(ulong baseSequence)
{
    private const int RunBytes = 64 * 1024;

    public List<IndexRun> Runs { get; } = [];

    /// <summary>Streams by their number in this segment.</summary>
    public Dictionary<int, StreamSpan> Streams { get; } = [];

    public HashSet<ulong> Deleted { get; } = [];

    public ulong NextSequence { get; set; } = baseSequence;

    /// <summary>Bytes of intact blocks.</summary>
    public long Length { get; set; }

    public long MinTime { get; set; } = long.MaxValue;

    public long MaxTime { get; set; } = long.MinValue;

    /// <summary>Takes up a block that stands at the end.</summary>
    public void Add(in BlockHeader header, ReadOnlySpan<byte> payload)
    {
        var bits = 0UL;
        var reader = new BlockReader(payload, header.FirstSequence);
        while (reader.TryRead(out var record))
        {
            switch (record.Kind)
            {
                case RecordKind.Event:
                    bits |= IndexRun.BitOf(Note(record, header.IngestedAt));
                    break;
                case RecordKind.Stream:
                    Streams[record.Stream] = new StreamSpan(StreamIdentity.From(record));
                    break;
                default:
                    Deleted.Add(record.StreamId);
                    break;
            }
        }

        Append(header, bits);
    }

    private ulong Note(in BlockRecord record, long ingestedAt)
    {
        var span = Streams[record.Stream];
        span.FirstTime = Math.Min(span.FirstTime, record.Time);
        span.LastTime = Math.Max(span.LastTime, record.Time);
        span.LastIngestion = Math.Max(span.LastIngestion, ingestedAt);
        span.Events++;
        return span.Identity.Id;
    }

    private void Append(in BlockHeader header, ulong bits)
    {
        var offset = Length;
        Length += header.TotalBytes;
        if (header.Events == 0)
        {
            return;
        }

        NextSequence = header.FirstSequence + (ulong)header.Events;
        MinTime = Math.Min(MinTime, header.MinTime);
        MaxTime = Math.Max(MaxTime, header.MaxTime);
        if (Runs.Count > 0 && Runs[^1] is var last && last.Bytes < RunBytes)
        {
            Runs[^1] = last with
            {
                Bytes = (int)(Length - last.Offset),
                NextSequence = NextSequence,
                MinTime = Math.Min(last.MinTime, header.MinTime),
                MaxTime = Math.Max(last.MaxTime, header.MaxTime),
                Streams = last.Streams | bits,
            };
            return;
        }

        Runs.Add(new IndexRun(offset, header.TotalBytes, header.FirstSequence, NextSequence, header.MinTime, header.MaxTime, bits));
    }
}
