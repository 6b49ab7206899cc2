using System.Security.Cryptography;

namespace Petrel.Storage.Blobs;

/// <summary>Reads a part of a blob; of a whole one, checks the hash when its end is read.</summary>
internal sealed class BlobStream : Stream
{
    private readonly Stream _content;
    private readonly BlobRef _blob;
    private readonly IncrementalHash? _hash;
    private readonly long _begin;
    private readonly long _end;
    private long _at;

    public BlobStream(Stream content, BlobRef blob, long begin, long end)
    {
        (_content, _blob, _begin, _end, _at) = (content, blob, begin, end, begin);
        content.Position = begin;
        _hash = begin == 0 && end == blob.Size && blob.Sha256.Length > 0 ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => _end - _begin;

    public override long Position
    {
        get => _at - _begin;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer) => Took(_content.Read(Bounded(buffer)), buffer);

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var bounded = buffer[..(int)Math.Min(buffer.Length, _end - _at)];
        var read = await _content.ReadAsync(bounded, cancellationToken);
        return Took(read, buffer.Span);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
        // Nothing is written.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await _content.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _content.Dispose();
            _hash?.Dispose();
        }

        base.Dispose(disposing);
    }

    private Span<byte> Bounded(Span<byte> buffer) => buffer[..(int)Math.Min(buffer.Length, _end - _at)];

    private int Took(int read, ReadOnlySpan<byte> buffer)
    {
        if (read == 0 && _at < _end && !buffer.IsEmpty)
        {
            throw new StoreCorruptException($"Blob {_blob.Id} ends before its size.");
        }

        _hash?.AppendData(buffer[..read]);
        _at += read;
        if (read > 0 && _at == _end && _hash is not null && Convert.ToBase64String(_hash.GetCurrentHash()) != _blob.Sha256)
        {
            throw new StoreCorruptException($"Blob {_blob.Id} does not hold what was written: its hash differs.");
        }

        return read;
    }
}
