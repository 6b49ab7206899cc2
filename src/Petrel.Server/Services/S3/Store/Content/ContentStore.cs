using System.Buffers;
using System.Security.Cryptography;
using Petrel.Server.Services.S3.Model;
using Petrel.Server.Services.S3.Store.Content;
using Petrel.Server.Settings;
using Petrel.Storage;

namespace Petrel.Server.Services.S3.Store;

/// <summary>Bytes that have been written and are not yet part of an object.</summary>
internal sealed record WrittenContent(StagedBlob Staged, ContentRef Ref, string ETag, StoredChecksum? Checksum);

/// <summary>
/// The bytes of objects: up to 64 KiB as values of the store, larger ones as files; sealed unless the settings say otherwise. They are
/// verified on the way in, and come to stay with the transaction that writes the row which names them.
/// </summary>
internal sealed class ContentStore(IBlobStore blobs, ContentKeys keys, IIdSource ids, PetrelOptions options)
{
    private const int ValueBytes = BlobLimits.InlineBytes;

    /// <summary>Whether all new bytes are sealed.</summary>
    public bool SealsAll { get; } = options.Objects.Encryption == "on";

    /// <param name="limit">More bytes are refused.</param>
    /// <param name="seals">These bytes are sealed even where the settings seal none.</param>
    /// <exception cref="Aws.S3.S3Exception">The bytes are not those that the request promised, or too many.</exception>
    public async Task<WrittenContent> WriteAsync(Stream body, RequestedChecksum requested, long limit, bool seals, CancellationToken cancellationToken)
    {
        seals |= SealsAll;
        using var hash = new ContentHash(requested);
        var buffer = ArrayPool<byte>.Shared.Rent(ValueBytes + 1);
        try
        {
            var first = await body.ReadAtLeastAsync(buffer.AsMemory(0, ValueBytes + 1), ValueBytes + 1, throwOnEndOfStream: false, cancellationToken);
            return first <= ValueBytes
                ? StageValue(buffer.AsSpan(0, first), hash, body, seals)
                : await StageFileAsync(buffer.AsMemory(0, first), hash, body, limit, seals, cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public void Commit(IWriteTransaction tx, WrittenContent written) => blobs.Commit(tx, written.Staged);

    /// <summary>For bytes that will not be part of anything.</summary>
    public void Discard(WrittenContent written) => blobs.Discard(written.Staged);

    public void Delete(IWriteTransaction tx, ContentRef content) => blobs.Delete(tx, content.Blob);

    /// <summary>The bytes where they are a value, read in the transaction that read their row; null where they are a file.</summary>
    /// <exception cref="StoreCorruptException">They are not those that were written, or they are gone.</exception>
    public async ValueTask<byte[]?> ReadValueAsync(IReadTransaction tx, ContentRef content)
    {
        if (!blobs.IsValue(content.Blob))
        {
            return null;
        }

        var stored = await blobs.GetValueAsync(tx, content.Blob) ?? throw new StoreCorruptException($"The value of blob {content.Blob.Id} is gone.");
        return Unseal(content, stored);
    }

    /// <exception cref="FileNotFoundException">The content was deleted meanwhile.</exception>
    public async ValueTask<Stream> OpenAsync(ContentRef content, ByteRange range, CancellationToken cancellationToken)
    {
        if (range.Length == 0)
        {
            return Stream.Null;
        }

        if (content.Salt is not { } salt)
        {
            return await blobs.OpenAsync(content.Blob, range.Offset, range.Length, cancellationToken);
        }

        var firstChunk = range.Offset / ContentCipher.ChunkBytes;
        var lastChunk = (range.Offset + range.Length - 1) / ContentCipher.ChunkBytes;
        var offset = firstChunk * ContentCipher.SealedChunkBytes;
        var length = Math.Min((lastChunk - firstChunk + 1) * ContentCipher.SealedChunkBytes, content.Blob.Size - offset);
        var stored = await blobs.OpenAsync(content.Blob, offset, length, cancellationToken);
        return new SealedStream(stored, length, CipherOf(salt), range.Offset, range.Length);
    }

    private WrittenContent StageValue(ReadOnlySpan<byte> bytes, ContentHash hash, Stream body, bool seals)
    {
        hash.Append(bytes);
        var (etag, checksum) = hash.Finish(body);
        if (!seals)
        {
            var plain = blobs.StageValue(bytes.ToArray());
            return new WrittenContent(plain, new ContentRef(plain.Ref, bytes.Length), etag, checksum);
        }

        var salt = NewSalt();
        using var cipher = CipherOf(salt);
        var sealedBytes = new byte[ContentCipher.SealedSize(bytes.Length)];
        cipher.Seal(0, bytes, sealedBytes);
        var staged = blobs.StageValue(sealedBytes);
        return new WrittenContent(staged, new ContentRef(staged.Ref, bytes.Length, salt), etag, checksum);
    }

    private async Task<WrittenContent> StageFileAsync(
        ReadOnlyMemory<byte> first, ContentHash hash, Stream body, long limit, bool seals, CancellationToken cancellationToken)
    {
        var salt = seals ? NewSalt() : null;
        using var cipher = salt is null ? null : CipherOf(salt);
        await using var file = blobs.CreateFile();
        var upload = new ContentUpload(file, cipher, hash);
        var (staged, etag, checksum) = await upload.WriteAsync(first, body, limit, cancellationToken);
        return new WrittenContent(staged, new ContentRef(staged.Ref, upload.Size, salt), etag, checksum);
    }

    private byte[] Unseal(ContentRef content, ReadOnlyMemory<byte> stored)
    {
        if (content.Salt is not { } salt)
        {
            return stored.ToArray();
        }

        using var cipher = CipherOf(salt);
        var plain = new byte[content.Size];
        if (plain.Length == 0)
        {
            return plain;
        }

        try
        {
            cipher.Open(0, stored.Span, plain);
            return plain;
        }
        catch (AuthenticationTagMismatchException changed)
        {
            throw new StoreCorruptException($"Blob {content.Blob.Id} does not hold what was written.", changed);
        }
    }

    private ContentCipher CipherOf(string salt) => new(keys.For(Convert.FromBase64String(salt)));

    private string NewSalt()
    {
        Span<byte> salt = stackalloc byte[ContentKeys.SaltBytes];
        ids.Fill(salt);
        return Convert.ToBase64String(salt);
    }
}
