namespace Petrel.Storage.Blobs;

/// <summary>
/// Writes a blob's file piece by piece. The file has its name only once it is complete and synced; one that is not completed goes when the
/// writer is disposed, or with the orphans after a crash.
/// </summary>
public sealed class BlobWriter : IAsyncDisposable
{
    private readonly BlobFolder _folder;
    private readonly string _id;
    private readonly TimeProvider _time;
    private readonly FileStream _file;
    private bool _isComplete;

    internal BlobWriter(BlobFolder folder, string id, TimeProvider time)
    {
        (_folder, _id, _time) = (folder, id, time);
        _file = Full(folder.Create, id);
    }

    public long Written { get; private set; }

    /// <exception cref="StoreFullException">There is no space.</exception>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
    {
        try
        {
            await _file.WriteAsync(bytes, cancellationToken);
            Written += bytes.Length;
        }
        catch (IOException exception) when (BlobFolder.IsDiskFull(exception))
        {
            throw NoSpace(exception);
        }
    }

    /// <summary>Syncs the file and gives it its name; it must be committed within <see cref="BlobLimits.CommitWithin"/>.</summary>
    public async Task<StagedBlob> CompleteAsync()
    {
        await Task.Run(Finish);
        _isComplete = true;
        return new StagedBlob(new BlobRef(_id, Written, ""), inline: null, _time.GetUtcNow());
    }

    public async ValueTask DisposeAsync()
    {
        await _file.DisposeAsync();
        if (!_isComplete)
        {
            _folder.Discard(_id);
        }
    }

    private void Finish()
    {
        Full(
            static writer =>
            {
                writer._file.Flush(flushToDisk: true);
                writer._file.Dispose();
                writer._folder.Keep(writer._id);
                return true;
            },
            this);
    }

    private static TResult Full<T, TResult>(Func<T, TResult> action, T argument)
    {
        try
        {
            return action(argument);
        }
        catch (IOException exception) when (BlobFolder.IsDiskFull(exception))
        {
            throw NoSpace(exception);
        }
    }

    private static StoreFullException NoSpace(IOException exception) => new("There is no space for the blob.", exception);
}
