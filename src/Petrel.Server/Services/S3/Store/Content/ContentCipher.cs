using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Petrel.Server.Services.S3.Store.Content;

/// <summary>
/// Bytes at rest, sealed with AES-256-GCM in chunks of 64 KiB, each with a tag behind it, so that any range can be read and verified without
/// the rest. The nonce is the chunk's number: a key seals one content only.
/// </summary>
internal sealed class ContentCipher(byte[] key) : IDisposable
{
    public const int ChunkBytes = 65_536;
    public const int TagBytes = 16;
    public const int SealedChunkBytes = ChunkBytes + TagBytes;

    private const int NonceBytes = 12;

    private readonly AesGcm _aes = new(key, TagBytes);

    /// <summary>How many bytes are stored for so many.</summary>
    public static long SealedSize(long plain) => plain + ((plain + ChunkBytes - 1) / ChunkBytes * TagBytes);

    /// <summary>Seals chunks that follow one another; only the last of a content may be short.</summary>
    /// <returns>How many bytes were written.</returns>
    public int Seal(long firstChunk, ReadOnlySpan<byte> plain, Span<byte> to)
    {
        Span<byte> nonce = stackalloc byte[NonceBytes];
        nonce.Clear();
        var written = 0;
        while (!plain.IsEmpty)
        {
            var chunk = plain[..Math.Min(ChunkBytes, plain.Length)];
            BinaryPrimitives.WriteInt64LittleEndian(nonce, firstChunk++);
            _aes.Encrypt(nonce, chunk, to.Slice(written, chunk.Length), to.Slice(written + chunk.Length, TagBytes));
            written += chunk.Length + TagBytes;
            plain = plain[chunk.Length..];
        }

        return written;
    }

    /// <exception cref="AuthenticationTagMismatchException">The bytes are not those that were sealed.</exception>
    public void Open(long chunk, ReadOnlySpan<byte> sealedChunk, Span<byte> plain)
    {
        Span<byte> nonce = stackalloc byte[NonceBytes];
        nonce.Clear();
        BinaryPrimitives.WriteInt64LittleEndian(nonce, chunk);
        _aes.Decrypt(nonce, sealedChunk[..^TagBytes], sealedChunk[^TagBytes..], plain);
    }

    public void Dispose() => _aes.Dispose();
}
