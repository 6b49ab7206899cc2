using System.Buffers;
using Petrel.Server.Services.S3.Model;
using Petrel.Storage;
using Petrel.Storage.Blobs;

namespace Petrel.Server.Services.S3.Store.Content;

/// <summary>
/// Writes a body that is too large for a value: piece by piece into a file, hashed and sealed on the way. One piece is written while the
/// next is read. What breaks off leaves nothing.
/// </summary>
internal sealed class ContentUpload(BlobWriter file, ContentCipher? cipher, ContentHash hash)
{
    private const int ChunksAtOnce = 4;
    private const int PieceBytes = ChunksAtOnce * ContentCipher.ChunkBytes;

    private long _chunk;

    /// <summary>Of the body, so far.</summary>
    public long Size { get; private set; }

    /// <param name="first">What has been read of the body already: less than a piece.</param>
    /// <param name="limit">More is refused.</param>
    /// <exception cref="Aws.S3.S3Exception">The bytes are too many, or not those that the request promised.</exception>
    public async Task<(StagedBlob Staged, string ETag, StoredChecksum? Checksum)> WriteAsync(ReadOnlyMemory<byte> first, Stream body, long limit, CancellationToken cancellationToken)
    {
        var plain = new byte[2][];
        var sealedBytes = new byte[]?[2];
        var writing = Task.CompletedTask;
        try
        {
            for (var turn = 0; ; turn ^= 1)
            {
                plain[turn] ??= ArrayPool<byte>.Shared.Rent(PieceBytes);
                first.CopyTo(plain[turn]);
                var read = first.Length + await body.ReadAtLeastAsync(
                    plain[turn].AsMemory(first.Length, PieceBytes - first.Length), PieceBytes - first.Length, throwOnEndOfStream: false, cancellationToken);
                first = default;
                CheckSize(read, limit);
                hash.Append(plain[turn].AsSpan(0, read));
                var piece = Seal(plain[turn].AsMemory(0, read), ref sealedBytes[turn]);
                await writing;
                writing = read == 0 ? Task.CompletedTask : file.WriteAsync(piece, cancellationToken).AsTask();
                if (read < PieceBytes)
                {
                    var (etag, checksum) = hash.Finish(body);
                    await writing;
                    return (await file.CompleteAsync(), etag, checksum);
                }
            }
        }
        finally
        {
            // The file must not be closed, nor a buffer given back, while it is written.
            await writing.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            Return(plain);
            Return(sealedBytes);
        }
    }

    private ReadOnlyMemory<byte> Seal(ReadOnlyMemory<byte> plain, ref byte[]? to)
    {
        if (cipher is null)
        {
            return plain;
        }

        to ??= ArrayPool<byte>.Shared.Rent(ChunksAtOnce * ContentCipher.SealedChunkBytes);
        var written = cipher.Seal(_chunk, plain.Span, to);
        _chunk += ChunksAtOnce;
        return to.AsMemory(0, written);
    }

    private void CheckSize(int read, long limit)
    {
        Size += read;
        if (Size > limit)
        {
            throw Aws.S3.S3Exception.Of("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", 400, ("ProposedSize", Size), ("MaxSizeAllowed", limit));
        }
    }

    private static void Return(byte[]?[] buffers)
    {
        foreach (var buffer in buffers)
        {
            if (buffer is not null)
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }
}
