using System.Text;
using Petrel.Storage;

namespace Petrel.Server.Services.Logs.Store.Segments;

/// <summary>What bounds a group's log.</summary>
/// <param name="BufferBytes">Lines that wait for the disk; more are dropped and counted.</param>
internal sealed record LogLimits(long SegmentBytes, long GroupBytes, int BufferBytes = 1024 * 1024)
{
    /// <summary>Batches of clients that wait for the disk.</summary>
    public const int MaxBatches = 64;

    /// <summary>A line longer than the service's 256 KB (with its overhead of 26) becomes several events.</summary>
    public const int MaxLineBytes = 256 * 1024 - 26;
}

/// <summary>
/// The log of one group: a buffer that takes lines without waiting, and one writer at a time that appends them to the active segment.
/// Who flushes becomes the writer when there is none, and writes for all; the others wait for it.
/// </summary>
internal sealed partial class GroupLog(GroupLocation location, LogLimits limits, IIdSource ids, TimeProvider time, LogTicker ticker)
{
    /// <summary>Guards the buffer, the list of segments and their indexes; never held while the disk is waited for.</summary>
    private readonly Lock _lock = new();

    /// <summary>Held by whoever changes files.</summary>
    private readonly Lock _files = new();
    private readonly List<Waiter> _waiters = [];
    private readonly List<StreamEntry> _dropping = [];
    private readonly Dictionary<string, StreamEntry> _streams = new(StringComparer.Ordinal);
    private BlockBuilder _buffer = new();
    private BlockBuilder _writing = new();
    private List<BlockBuilder> _batches = [];
    private SegmentFolder? _folder;
    private StreamEntry? _lastStream;
    private long _appended;
    private long _written;
    private long _synced;
    private int _nextNumber = 1;
    private bool _isWriting;
    private bool _begun;
    private TaskCompletionSource? _arrival;

    /// <summary>The group was deleted: who still writes opens it anew.</summary>
    public bool Deleted
    {
        get => Volatile.Read(ref field);
        private set => Volatile.Write(ref field, value);
    }

    public GroupLocation Location => location;

    /// <summary>A new stream of one writer; its name is written with its first event.</summary>
    public StreamEntry OpenStream(string name)
    {
        lock (_lock)
        {
            var entry = new StreamEntry(_nextNumber++, ids.NextId(), name, Now());
            _open[entry.Id] = entry;
            return entry;
        }
    }

    public void CloseStream(StreamEntry stream)
    {
        lock (_lock)
        {
            _open.Remove(stream.Id);
        }
    }

    /// <summary>The entry of a stream that clients put events into; the same for all of them.</summary>
    public StreamEntry UseStream(string name, ulong id, long createdAt)
    {
        lock (_lock)
        {
            if (!_streams.TryGetValue(name, out var entry) || entry.Id != id)
            {
                entry = new StreamEntry(_nextNumber++, id, name, createdAt);
                _streams[name] = entry;
            }

            return entry;
        }
    }

    /// <summary>Takes a line, or counts it as dropped when the buffer is full. Never waits for the disk.</summary>
    public void Append(StreamEntry stream, long timeMs, ReadOnlySpan<byte> line)
    {
        bool write;
        lock (_lock)
        {
            while (line.Length > LogLimits.MaxLineBytes)
            {
                Take(stream, timeMs, line[..LogLimits.MaxLineBytes]);
                line = line[LogLimits.MaxLineBytes..];
            }

            Take(stream, timeMs, line);

            // The first line finds or makes the group, which takes a transaction: begun at once, it is over before somebody waits for the line.
            write = !_isWriting && (!_begun || _buffer.UsedBytes > limits.BufferBytes / 2);
            _isWriting |= write;
            _begun = true;
        }

        if (write)
        {
            StartWriter();
        }

        KeepTicking();
    }

    /// <summary>Takes a client's batch; false when too many wait for the disk already.</summary>
    public bool TryAppendBatch(BlockBuilder batch)
    {
        lock (_lock)
        {
            if (_batches.Count >= LogLimits.MaxBatches)
            {
                return false;
            }

            _batches.Add(batch);
            _appended++;
        }

        KeepTicking();
        return true;
    }

    /// <summary>Completes when all that was taken so far is with the operating system, or on the disk.</summary>
    public ValueTask FlushAsync(bool toDisk)
    {
        Waiter waiter;
        lock (_lock)
        {
            if ((toDisk ? _synced : _written) >= _appended)
            {
                return ValueTask.CompletedTask;
            }

            if (_isWriting || toDisk || _folder is null)
            {
                waiter = new Waiter(_appended, toDisk, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
                _waiters.Add(waiter);
                if (!_isWriting)
                {
                    _isWriting = true;
                    StartWriter();
                }

                return new ValueTask(waiter.Done.Task);
            }

            _isWriting = true;
        }

        // The usual case: a few lines into the page cache, quicker than a change of threads.
        WriteOnce();
        return ValueTask.CompletedTask;
    }

    private void Take(StreamEntry stream, long timeMs, ReadOnlySpan<byte> line)
    {
        _lastStream = stream;
        if (stream.Dropped == 0 && _buffer.TryAddEvent(stream, timeMs, line, limits.BufferBytes))
        {
            _appended++;
            return;
        }

        // Once a line was dropped, the ones behind it are too, until the buffer is on its way: the notice stands where the gap is.
        if (stream.Dropped++ == 0)
        {
            _dropping.Add(stream);
        }

        LogMetrics.LinesDropped.Add(1);
    }

    private static byte[] DropNotice(long lines) =>
        Encoding.UTF8.GetBytes($"[petrel] {lines} lines were dropped here: they came faster than the disk takes them.");

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();

    private readonly record struct Waiter(long Ticket, bool ToDisk, TaskCompletionSource Done);
}
