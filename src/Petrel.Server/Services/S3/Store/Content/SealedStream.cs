using System.Buffers;
using System.Security.Cryptography;
using Petrel.Storage;

namespace Petrel.Server.Services.S3.Store.Content;

/// <summary>Opens sealed bytes while they are read. A chunk is given out only after its tag was verified.</summary>
internal sealed class SealedStream : ReadStream
{
    private const int ChunksAtOnce = 4;

    private readonly Stream _stored;
    private readonly ContentCipher _cipher;
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(ChunksAtOnce * ContentCipher.SealedChunkBytes);
    private readonly byte[] _chunk = ArrayPool<byte>.Shared.Rent(ContentCipher.ChunkBytes);
    private long _storedLeft;
    private long _left;
    private long _number;
    private int _skip;
    private Range _sealed = 0..0;
    private Memory<byte> _opened;
    private bool _isDisposed;

    /// <param name="stored">Begins with the chunk in which the first byte lies.</param>
    /// <param name="offset">Of the first byte in the content.</param>
    public SealedStream(Stream stored, long storedBytes, ContentCipher cipher, long offset, long length)
    {
        (_stored, _storedLeft, _cipher, _left) = (stored, storedBytes, cipher, length);
        (_number, var skip) = Math.DivRem(offset, ContentCipher.ChunkBytes);
        _skip = (int)skip;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var filled = 0;
        while (_left > 0 && filled < buffer.Length)
        {
            if (_opened.IsEmpty && _sealed.Start.Value == _sealed.End.Value)
            {
                if (filled > 0)
                {
                    break;
                }

                await FillAsync(cancellationToken);
            }

            filled += Take(buffer.Span[filled..]);
        }

        return filled;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isDisposed)
        {
            _isDisposed = true;
            _stored.Dispose();
            _cipher.Dispose();
            ArrayPool<byte>.Shared.Return(_buffer);
            ArrayPool<byte>.Shared.Return(_chunk);
        }

        base.Dispose(disposing);
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        var wanted = (int)Math.Min(ChunksAtOnce * ContentCipher.SealedChunkBytes, _storedLeft);
        var read = await _stored.ReadAtLeastAsync(_buffer.AsMemory(0, wanted), wanted, throwOnEndOfStream: false, cancellationToken);
        if (read < wanted || read <= ContentCipher.TagBytes)
        {
            throw new StoreCorruptException("An object's bytes end before their size.");
        }

        _storedLeft -= read;
        _sealed = 0..read;
    }

    private int Take(Span<byte> to)
    {
        if (_opened.IsEmpty)
        {
            var start = _sealed.Start.Value;
            var sealedChunk = _buffer.AsSpan(start, Math.Min(ContentCipher.SealedChunkBytes, _sealed.End.Value - start));
            _sealed = (start + sealedChunk.Length)..(_sealed.End);
            var plain = sealedChunk.Length - ContentCipher.TagBytes;
            if (_skip == 0 && plain <= to.Length && plain <= _left)
            {
                Open(sealedChunk, to[..plain]);
                _left -= plain;
                return plain;
            }

            Open(sealedChunk, _chunk.AsSpan(0, plain));
            _opened = _chunk.AsMemory(_skip..plain);
            _skip = 0;
        }

        var count = (int)Math.Min(Math.Min(to.Length, _opened.Length), _left);
        _opened.Span[..count].CopyTo(to);
        _opened = _opened[count..];
        _left -= count;
        return count;
    }

    private void Open(ReadOnlySpan<byte> sealedChunk, Span<byte> plain)
    {
        try
        {
            _cipher.Open(_number++, sealedChunk, plain);
        }
        catch (AuthenticationTagMismatchException changed)
        {
            throw new StoreCorruptException("An object does not hold what was written.", changed);
        }
    }
}
