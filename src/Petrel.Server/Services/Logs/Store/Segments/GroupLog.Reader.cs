using System.Buffers;
using Microsoft.Win32.SafeHandles;
using Petrel.Server.Services.Logs.Model;

namespace Petrel.Server.Services.Logs.Store.Segments;

/// <content>The reading side: sees what was written; whoever must see all flushes before.</content>
internal sealed partial class GroupLog
{
    /// <summary>One page of events.</summary>
    public async ValueTask<LogPage> ReadAsync(LogQuery query)
    {
        await FlushAsync(toDisk: false);
        if (await OpenAsync(create: false) is not { } folder)
        {
            return new LogPage([], null);
        }

        var (runs, deleted) = Select(folder, query);
        using var files = new OpenSegments();
        var page = new PageBuilder(query);
        var scanned = 0L;
        foreach (var run in runs)
        {
            if (!page.Wants(run.Run))
            {
                break;
            }

            // A place before which everything was searched, so that the next page can go on from it.
            var edge = query.Backward ? new EventKey(run.Run.MaxTime, ulong.MaxValue) : new EventKey(run.Run.MinTime - 1, ulong.MaxValue);
            if (scanned >= query.ScanBytes && (query.Backward ? edge < query.Before : edge > query.After))
            {
                return page.Build(edge);
            }

            scanned += run.Run.Bytes;
            Search(run, files, query, deleted, page);
        }

        return page.Build(null);
    }

    /// <summary>Events in the order of arrival, those after <paramref name="after"/>: for tails.</summary>
    public async ValueTask<IReadOnlyList<StoredEvent>> ReadArrivedAsync(ulong after, int limit)
    {
        if (await OpenAsync(create: false) is not { } folder)
        {
            return [];
        }

        var (runs, deleted) = Select(folder, new LogQuery());
        using var files = new OpenSegments();
        var found = new List<StoredEvent>();
        foreach (var run in runs.Where(r => r.Run.NextSequence > after + 1).OrderBy(r => r.Run.FirstSequence))
        {
            foreach (var entry in files.Read(run, deleted).Where(e => e.Key.Sequence > after))
            {
                found.Add(entry);
                if (found.Count >= limit)
                {
                    return found;
                }
            }
        }

        return found;
    }

    /// <summary>The number of the last event that arrived: where a new tail begins.</summary>
    public async ValueTask<ulong> LastSequenceAsync()
    {
        if (await OpenAsync(create: false) is not { } folder)
        {
            return 0;
        }

        LoadIndexes(folder);
        lock (_lock)
        {
            return folder.Segments.Count == 0 ? 0 : folder.Segments[^1].Index().NextSequence - 1;
        }
    }

    /// <summary>Completes when events after now have been written.</summary>
    public Task WaitForArrivalAsync()
    {
        lock (_lock)
        {
            _arrival ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _arrival.Task;
        }
    }

    /// <summary>The streams that have events, without the deleted ones.</summary>
    public async ValueTask<IReadOnlyList<StreamSummary>> StreamsAsync()
    {
        await FlushAsync(toDisk: false);
        if (await OpenAsync(create: false) is not { } folder)
        {
            return [];
        }

        LoadIndexes(folder);
        var summaries = new Dictionary<ulong, StreamSummary>();
        lock (_lock)
        {
            var deleted = DeletedIn(folder);
            foreach (var span in folder.Segments.SelectMany(s => s.Index().Streams.Values).Where(s => s.Events > 0 && !deleted.Contains(s.Identity.Id)))
            {
                summaries[span.Identity.Id] = summaries.TryGetValue(span.Identity.Id, out var known)
                    ? known with
                    {
                        FirstTime = Math.Min(known.FirstTime, span.FirstTime),
                        LastTime = Math.Max(known.LastTime, span.LastTime),
                        LastIngestion = Math.Max(known.LastIngestion, span.LastIngestion),
                        Events = known.Events + span.Events,
                    }
                    : new StreamSummary(span.Identity, span.FirstTime, span.LastTime, span.LastIngestion, span.Events);
            }
        }

        return [.. summaries.Values];
    }

    private static void Search(in SegmentRun run, OpenSegments files, LogQuery query, HashSet<ulong> deleted, PageBuilder page)
    {
        foreach (var entry in files.Read(run, deleted, query, page))
        {
            page.Add(entry);
        }
    }

    /// <summary>The runs that may hold wanted events, nearest first.</summary>
    private (List<SegmentRun> Runs, HashSet<ulong> Deleted) Select(SegmentFolder folder, LogQuery query)
    {
        LoadIndexes(folder);
        var selected = new List<SegmentRun>();
        lock (_lock)
        {
            foreach (var segment in folder.Segments)
            {
                var index = segment.Index();
                IReadOnlyDictionary<int, StreamSpan>? streams = null;
                foreach (var run in index.Runs)
                {
                    if (run.MaxTime >= query.After.Time && run.MinTime <= query.Before.Time && MayContain(run, query.Streams))
                    {
                        // The active segment's streams change while it is read.
                        streams ??= segment == folder.Segments[^1] ? new Dictionary<int, StreamSpan>(index.Streams) : index.Streams;
                        selected.Add(new SegmentRun(segment, run, streams));
                    }
                }
            }

            selected.Sort(query.Backward
                ? static (a, b) => b.Run.MaxTime.CompareTo(a.Run.MaxTime)
                : static (a, b) => a.Run.MinTime.CompareTo(b.Run.MinTime));
            return (selected, DeletedIn(folder));
        }
    }

    private static bool MayContain(in IndexRun run, IReadOnlySet<ulong>? streams)
    {
        if (streams is null)
        {
            return true;
        }

        foreach (var id in streams)
        {
            if (run.MayContain(id))
            {
                return true;
            }
        }

        return false;
    }

    private static HashSet<ulong> DeletedIn(SegmentFolder folder) => [.. folder.Segments.SelectMany(s => s.Index().Deleted)];

    /// <summary>Reads indexes of full segments outside of the lock: who appends does not wait for the disk.</summary>
    private void LoadIndexes(SegmentFolder folder)
    {
        List<Segment> missing;
        lock (_lock)
        {
            missing = [.. folder.Segments.Where(s => s.LoadedIndex is null)];
        }

        missing.ForEach(s => s.Index());
        KeepTicking();
    }
}

/// <summary>A run, where it stands, and what its stream numbers mean.</summary>
internal readonly record struct SegmentRun(Segment Segment, IndexRun Run, IReadOnlyDictionary<int, StreamSpan> Streams);

/// <summary>The segments that one read has open.</summary>
internal sealed class OpenSegments : IDisposable
{
    private readonly Dictionary<Segment, SafeFileHandle?> _handles = [];

    /// <summary>The events of a run that the query and the page want; none when the segment was dropped meanwhile.</summary>
    public List<StoredEvent> Read(in SegmentRun run, HashSet<ulong> deleted, LogQuery? query = null, PageBuilder? page = null)
    {
        var found = new List<StoredEvent>();
        if (Open(run.Segment) is not { } handle)
        {
            return found;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(run.Run.Bytes);
        try
        {
            var read = RandomAccess.Read(handle, buffer.AsSpan(0, run.Run.Bytes), run.Run.Offset);
            var rest = buffer.AsSpan(0, read);
            while (BlockHeader.TryRead(rest, out var header))
            {
                ReadBlock(header, rest[BlockHeader.Bytes..header.TotalBytes], run.Streams, deleted, query, page, found);
                rest = rest[header.TotalBytes..];
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return found;
    }

    public void Dispose()
    {
        foreach (var handle in _handles.Values)
        {
            handle?.Dispose();
        }
    }

    private static void ReadBlock(
        in BlockHeader header,
        ReadOnlySpan<byte> payload,
        IReadOnlyDictionary<int, StreamSpan> streams,
        HashSet<ulong> deleted,
        LogQuery? query,
        PageBuilder? page,
        List<StoredEvent> found)
    {
        var reader = new BlockReader(payload, header.FirstSequence);
        while (reader.TryRead(out var record))
        {
            if (record.Kind != RecordKind.Event || !streams.TryGetValue(record.Stream, out var stream) || deleted.Contains(stream.Identity.Id))
            {
                continue;
            }

            var key = new EventKey(record.Time, record.Sequence);
            if (query is null || (IsIn(query, key, stream.Identity.Id) && page!.Wants(key) && query.Filter?.Matches(record.Text) != false))
            {
                found.Add(new StoredEvent(key, header.IngestedAt, stream.Identity, record.Text.ToArray()));
            }
        }
    }

    private static bool IsIn(LogQuery query, EventKey key, ulong stream) =>
        key > query.After && key < query.Before && query.Streams?.Contains(stream) != false;

    private SafeFileHandle? Open(Segment segment)
    {
        if (!_handles.TryGetValue(segment, out var handle))
        {
            try
            {
                handle = segment.OpenToRead();
            }
            catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
            {
                handle = null;
            }

            _handles[segment] = handle;
        }

        return handle;
    }
}
