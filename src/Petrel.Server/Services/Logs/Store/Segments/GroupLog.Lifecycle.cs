namespace Petrel.Server.Services.Logs.Store.Segments;

/// <content>Opening, resting and ending.</content>
internal sealed partial class GroupLog
{
    private readonly SemaphoreSlim _opening = new(1, 1);
    private readonly Dictionary<ulong, StreamEntry> _open = [];
    private long _restedAt;
    private int _idleTicks;

    /// <summary>Whether the ticker looks after this group; it has something to write or to give back.</summary>
    public bool IsTicking { get; set; }

    /// <summary>Writes what is left and ends the active segment: the daemon stops.</summary>
    public async Task CloseAsync()
    {
        await FlushAsync(toDisk: true);
        lock (_files)
        {
            _folder?.Dispose();
        }
    }

    /// <summary>Removes the group's files. Who still writes notices, and opens the group anew.</summary>
    public async Task DeleteAsync(string path)
    {
        Deleted = true;
        if (_folder is not null)
        {
            await FlushAsync(toDisk: false);
        }

        lock (_files)
        {
            _folder?.Close();
            if (Directory.Exists(path))
            {
                Directory.Delete(path, recursive: true);
            }
        }

        lock (_lock)
        {
            _arrival?.TrySetResult();
        }
    }

    /// <summary>Hides the events of a stream, durably.</summary>
    public async Task DeleteStreamAsync(IEnumerable<ulong> streamIds)
    {
        var marks = new BlockBuilder();
        lock (_lock)
        {
            foreach (var id in streamIds)
            {
                marks.AddDeleted(id);
                if (_open.TryGetValue(id, out var entry))
                {
                    entry.Deleted = true;
                }
            }
        }

        while (!TryAppendBatch(marks))
        {
            await FlushAsync(toDisk: true);
        }

        await FlushAsync(toDisk: true);
    }

    /// <summary>Drops the segments whose newest event is older than <paramref name="cutoffMs"/>.</summary>
    public async Task DropBeforeAsync(long cutoffMs)
    {
        await FlushAsync(toDisk: false);
        if (await OpenAsync(create: false) is not { } folder)
        {
            return;
        }

        LoadIndexes(folder);
        lock (_files)
        {
            if (folder.Segments.Count > 0 && folder.Segments[^1].Index() is { Length: > 0 } last && last.MaxTime < cutoffMs)
            {
                folder.Roll();
            }

            while (folder.Segments.Count > 0 && folder.Segments[0].Index().MaxTime < cutoffMs && folder.DropOldest(out _, out _))
            {
            }
        }
    }

    /// <summary>Called a few times a second while there is something to do; false when there is nothing more.</summary>
    public bool Tick(int idleTicks)
    {
        bool start;
        lock (_lock)
        {
            if (_appended != _restedAt)
            {
                (_restedAt, _idleTicks) = (_appended, 0);
            }
            else if (!_isWriting && _written >= _appended && ++_idleTicks >= idleTicks && _files.TryEnter())
            {
                Rest();
                return false;
            }

            start = !_isWriting && _written < _appended;
            _isWriting |= start;
        }

        if (start)
        {
            StartWriter();
        }

        return true;
    }

    /// <summary>Called with both locks held; gives the one of the files back.</summary>
    private void Rest()
    {
        try
        {
            _folder?.Close();
        }
        finally
        {
            _files.Exit();
        }

        _streams.Clear();
        _idleTicks = 0;
        IsTicking = false;
    }

    private void KeepTicking()
    {
        if (!IsTicking)
        {
            ticker.Add(this);
        }
    }

    /// <summary>The group's files, for writing.</summary>
    private async Task<SegmentFolder> OpenAsync() =>
        await OpenAsync(create: true) ?? throw new IOException($"The log group {location.Name} has no folder.");

    /// <summary>The group's files; null when there is no such group and none is to be made.</summary>
    private async Task<SegmentFolder?> OpenAsync(bool create)
    {
        if (_folder is { } open)
        {
            return open;
        }

        await _opening.WaitAsync();
        try
        {
            if (_folder is null && await location.ResolveAsync(create) is { } path)
            {
                var folder = new SegmentFolder(path, _lock);
                lock (_lock)
                {
                    _folder = folder;
                }
            }

            return _folder;
        }
        finally
        {
            _opening.Release();
        }
    }
}
