using System.Buffers;
using System.Security.Cryptography;
using Petrel.Storage.Files;

namespace Petrel.Storage.Blobs;

/// <summary>Blobs as files of one folder, the small ones as values of the Store.</summary>
public sealed class FileBlobStore(IStore store, string folder, TimeProvider time, IIdSource ids) : IBlobStore
{
    private const int BufferBytes = 128 * 1024;

    private readonly BlobFolder _folder = new(folder);

    public async Task<StagedBlob> StageAsync(Stream content, CancellationToken cancellationToken = default)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            var first = await content.ReadAtLeastAsync(
                buffer.AsMemory(0, BlobLimits.InlineBytes + 1), BlobLimits.InlineBytes + 1, throwOnEndOfStream: false, cancellationToken);
            return first <= BlobLimits.InlineBytes
                ? StageInline(buffer.AsSpan(0, first).ToArray())
                : await StageFileAsync(content, buffer, first, cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public BlobWriter CreateFile() => new(_folder, NewId(), time);

    public StagedBlob StageValue(ReadOnlyMemory<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length, BlobLimits.ValueBytes);
        return new StagedBlob(new BlobRef(BlobRows.ValueMark + NewId()[1..], bytes.Length, ""), bytes, time.GetUtcNow());
    }

    public ValueTask<ReadOnlyMemory<byte>?> GetValueAsync(IReadTransaction transaction, BlobRef blob) =>
        transaction.GetAsync(BlobRows.Blob(blob.Id));

    public bool IsValue(BlobRef blob) => IsInline(blob);

    public void Commit(IWriteTransaction transaction, StagedBlob blob)
    {
        if (time.GetUtcNow() - blob.At > BlobLimits.CommitWithin)
        {
            throw new StoreException($"Blob {blob.Ref.Id} was staged more than {BlobLimits.CommitWithin} ago and may be gone; stage it again.");
        }

        transaction.Put(BlobRows.Blob(blob.Ref.Id), blob.Inline ?? default);
    }

    public void Discard(StagedBlob blob)
    {
        if (blob.Inline is null)
        {
            _folder.Remove(blob.Ref.Id);
        }
    }

    public void Delete(IWriteTransaction transaction, BlobRef blob)
    {
        transaction.Delete(BlobRows.Blob(blob.Id));
        if (!IsInline(blob))
        {
            transaction.Put(BlobRows.Delete(blob.Id), default);
        }
    }

    public async ValueTask<Stream> OpenAsync(
        BlobRef blob, long offset = 0, long? length = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, blob.Size);
        var end = Math.Min(offset + (length ?? blob.Size), blob.Size);
        ArgumentOutOfRangeException.ThrowIfLessThan(end, offset);
        var content = IsInline(blob) ? await OpenInlineAsync(blob, cancellationToken) : _folder.Open(blob);
        return new BlobStream(content, blob, offset, end);
    }

    public bool TryGetLocalPath(BlobRef blob, out string path)
    {
        path = _folder.PathOf(blob.Id);
        return !IsInline(blob) && File.Exists(path);
    }

    public async Task<int> SweepAsync(CancellationToken cancellationToken = default) =>
        await SweepDeletedAsync(cancellationToken) + await SweepOrphansAsync(cancellationToken);

    private static bool IsInline(BlobRef blob) => blob.Id[0] == BlobRows.ValueMark || (blob.Size <= BlobLimits.InlineBytes && blob.Sha256.Length > 0);

    private StagedBlob StageInline(byte[] bytes) =>
        new(new BlobRef(NewId(), bytes.Length, Convert.ToBase64String(SHA256.HashData(bytes))), bytes, time.GetUtcNow());

    private async Task<StagedBlob> StageFileAsync(Stream content, byte[] buffer, int first, CancellationToken cancellationToken)
    {
        var id = NewId();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var size = 0L;
        try
        {
            await using (var file = _folder.Create(id))
            {
                for (var read = first; read > 0; read = await content.ReadAsync(buffer, cancellationToken))
                {
                    hash.AppendData(buffer, 0, read);
                    await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                    size += read;
                }

                file.Flush(flushToDisk: true);
            }

            _folder.Keep(id);
        }
        catch (IOException exception) when (BlobFolder.IsDiskFull(exception))
        {
            _folder.Discard(id);
            throw new StoreFullException("There is no space for the blob.", exception);
        }
        catch (Exception)
        {
            _folder.Discard(id);
            throw;
        }

        return new StagedBlob(new BlobRef(id, size, Convert.ToBase64String(hash.GetHashAndReset())), inline: null, time.GetUtcNow());
    }

    private async ValueTask<Stream> OpenInlineAsync(BlobRef blob, CancellationToken cancellationToken)
    {
        var bytes = await store.ReadAsync(transaction => transaction.GetAsync(BlobRows.Blob(blob.Id)), cancellationToken);
        return bytes is { } found
            ? new MemoryStream(found.ToArray(), writable: false)
            : throw new FileNotFoundException($"There is no blob {blob.Id}.");
    }

    private async Task<int> SweepDeletedAsync(CancellationToken cancellationToken)
    {
        const int Page = 256;
        var removed = 0;
        while (true)
        {
            var rows = await store.ReadAsync(transaction => transaction.ScanAsync(BlobRows.Deleted, Page), cancellationToken);
            foreach (var row in rows)
            {
                _folder.Remove(BlobRows.ReadDeleted(row.Key));
            }

            // A file that comes back after a loss of power has no row, and goes with the orphans.
            await store.WriteAsync(transaction =>
            {
                foreach (var row in rows)
                {
                    transaction.Delete(row.Key);
                }

                return new ValueTask<int>(0);
            }, cancellationToken);
            removed += rows.Count;
            if (rows.Count < Page)
            {
                return removed;
            }
        }
    }

    private async Task<int> SweepOrphansAsync(CancellationToken cancellationToken)
    {
        var removed = 0;
        foreach (var page in _folder.OlderThan(time.GetUtcNow() - BlobLimits.SweepAfter).Chunk(256))
        {
            var rows = await store.ReadAsync(
                transaction => transaction.GetManyAsync(Array.ConvertAll(page, BlobRows.Blob)), cancellationToken);
            for (var i = 0; i < page.Length; i++)
            {
                if (rows[i] is null)
                {
                    _folder.Remove(page[i]);
                    removed++;
                }
            }
        }

        return removed;
    }

    private string NewId() => ids.NextGuid().ToString("n");
}
