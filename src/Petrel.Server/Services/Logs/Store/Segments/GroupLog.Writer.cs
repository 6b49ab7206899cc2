using System.Text;
using Petrel.Storage;

namespace Petrel.Server.Services.Logs.Store.Segments;

/// <content>The writing side: one writer at a time.</content>
internal sealed partial class GroupLog
{
    private static readonly List<BlockBuilder> NoBatches = [];

    private void StartWriter() => ThreadPool.UnsafeQueueUserWorkItem(static group => _ = group.WriteAsync(), this, preferLocal: false);

    private async Task WriteAsync()
    {
        // The folder's name is in the store; only the first write of a group waits for it.
        try
        {
            await OpenAsync();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or StoreException or ObjectDisposedException)
        {
            Fail(failure);
            return;
        }

        WriteOnce();
    }

    /// <summary>Writes what is there; when more came meanwhile, another thread goes on, so that nobody writes for others without end.</summary>
    private void WriteOnce()
    {
        BlockBuilder lines;
        List<BlockBuilder> batches;
        long ticket;
        bool toDisk;
        lock (_lock)
        {
            (lines, _buffer, _writing) = (_buffer, _writing, _buffer);
            (batches, _batches) = _batches.Count == 0 ? (NoBatches, _batches) : (_batches, []);
            ticket = _appended;
            TellDropped(lines);
            toDisk = batches.Count > 0 || _waiters.Exists(static w => w.ToDisk);
        }

        try
        {
            lock (_files)
            {
                Write(lines, batches, toDisk);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Fail(failure);
            return;
        }
        finally
        {
            lines.Clear();
            batches.ForEach(b => b.Dispose());
        }

        Finish(ticket, toDisk);
    }

    /// <summary>Notes about dropped lines always find room, behind the lines that filled the buffer.</summary>
    private void TellDropped(BlockBuilder lines)
    {
        foreach (var stream in _dropping)
        {
            lines.TryAddEvent(stream, Now(), DropNotice(stream.Dropped), int.MaxValue);
            stream.Dropped = 0;
        }

        _dropping.Clear();
    }

    private void Write(BlockBuilder lines, List<BlockBuilder> batches, bool toDisk)
    {
        if (!lines.IsEmpty)
        {
            WriteBlock(lines, toDisk);
        }

        foreach (var batch in batches)
        {
            WriteBlock(batch, toDisk);
        }

        if (toDisk)
        {
            _folder!.Sync();
        }
    }

    private void WriteBlock(BlockBuilder block, bool toDisk)
    {
        var folder = _folder!;
        var active = folder.Active();
        if (active.Length >= limits.SegmentBytes)
        {
            // A batch of the same round may stand in the segment that ends here.
            if (toDisk)
            {
                folder.Sync();
            }

            folder.Roll();
            active = folder.Active();
            KeepWithinBounds(folder);
        }

        Declare(block, active);
        folder.Append(block.Seal(active.Index().NextSequence, Now(), out var header), header);
    }

    /// <summary>Each segment says itself which streams its numbers mean.</summary>
    private void Declare(BlockBuilder block, Segment active)
    {
        BlockBuilder? names = null;
        foreach (var stream in block.Streams)
        {
            if (stream.DeclaredIn != active.BaseSequence)
            {
                names ??= new BlockBuilder();
                names.AddStream(stream);
                stream.DeclaredIn = active.BaseSequence;
            }
        }

        if (names is not null)
        {
            _folder!.Append(names.Seal(active.Index().NextSequence, Now(), out var header), header);
            names.Dispose();
        }
    }

    /// <summary>The oldest segments go when the group is full, and a line says so.</summary>
    private void KeepWithinBounds(SegmentFolder folder)
    {
        while (folder.TotalBytes + limits.SegmentBytes > limits.GroupBytes && folder.DropOldest(out var bytes, out var events))
        {
            LogMetrics.EventsExpired.Add(events);
            lock (_lock)
            {
                if (_lastStream is { } stream)
                {
                    var notice = $"[petrel] The log group reached its size of {limits.GroupBytes >> 20} MB: the oldest {events} events ({bytes >> 20} MB) were dropped.";
                    _buffer.TryAddEvent(stream, Now(), Encoding.UTF8.GetBytes(notice), limits.BufferBytes);
                    _appended++;
                }
            }
        }
    }

    private void Finish(long ticket, bool toDisk)
    {
        List<Waiter>? done;
        TaskCompletionSource? arrival;
        lock (_lock)
        {
            _written = ticket;
            _synced = toDisk ? ticket : _synced;
            done = _waiters.Count == 0 ? null : TakeDone();
            (arrival, _arrival) = (_arrival, null);
            _isWriting = _waiters.Count > 0 || _batches.Count > 0 || _buffer.UsedBytes > limits.BufferBytes / 2;
            if (_isWriting)
            {
                StartWriter();
            }
        }

        done?.ForEach(static w => w.Done.TrySetResult());
        arrival?.TrySetResult();
    }

    private List<Waiter> TakeDone()
    {
        var done = _waiters.FindAll(IsDone);
        _waiters.RemoveAll(IsDone);
        return done;
    }

    private bool IsDone(Waiter waiter) => waiter.Ticket <= (waiter.ToDisk ? _synced : _written);

    /// <summary>The disk is full or broken: what was taken is lost. Clients that asked for durability are told; functions go on.</summary>
    private void Fail(Exception failure)
    {
        List<Waiter> waiters;
        lock (_lock)
        {
            _buffer.Clear();
            _batches.ForEach(b => b.Dispose());
            _batches.Clear();
            _written = _synced = _appended;
            waiters = [.. _waiters];
            _waiters.Clear();
            _isWriting = false;
        }

        if (!Deleted)
        {
            LogMetrics.WriteFailures.Add(1);
            ticker.Report(location, failure);
        }

        foreach (var waiter in waiters)
        {
            if (waiter.ToDisk)
            {
                waiter.Done.TrySetException(failure);
            }
            else
            {
                waiter.Done.TrySetResult();
            }
        }
    }
}
