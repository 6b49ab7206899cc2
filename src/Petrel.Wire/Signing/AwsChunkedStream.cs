using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using Petrel.Wire.Checksums;

namespace Petrel.Wire.Signing;

/// <summary>
/// Decodes <c>aws-chunked</c> bodies: chunks with a size line, and a signature each when signed, then trailers. Signatures, the length in
/// <c>x-amz-decoded-content-length</c> and a checksum in the trailers are verified while the body is read; the end of the stream is not
/// reached unless all of them are right.
/// </summary>
public sealed class AwsChunkedStream : Stream
{
    /// <summary>A size line, or a trailer, is shorter than this.</summary>
    private const int MaxLine = 4_096;

    private const int MaxTrailers = 32;

    private static readonly byte[] LineEnd = "\r\n"u8.ToArray();

    private readonly PipeReader _body;
    private readonly ChunkSignatures? _signatures;
    private readonly long? _expectedLength;
    private readonly ContentChecksum? _checksum;
    private readonly IncrementalHash _chunkHash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly Dictionary<string, string> _trailers = new(StringComparer.OrdinalIgnoreCase);

    private State _state = State.Size;
    private long _remaining;
    private long _decoded;
    private byte[] _signature = [];

    /// <param name="signatures">Null for chunks without signatures.</param>
    /// <param name="expectedLength">From <c>x-amz-decoded-content-length</c>.</param>
    /// <param name="trailer">From <c>x-amz-trailer</c>: the checksum that follows the body, or null.</param>
    /// <exception cref="CommonException">The checksum is of no known kind.</exception>
    public AwsChunkedStream(PipeReader body, ChunkSignatures? signatures, long? expectedLength, string? trailer)
    {
        _body = body;
        _signatures = signatures;
        _expectedLength = expectedLength;
        _checksum = TrailingChecksum.Create(trailer);
        PromisedChecksum = _checksum?.Algorithm;
    }

    private enum State
    {
        Size,
        Data,
        DataEnd,
        Trailers,
        Done,
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => _expectedLength ?? throw new NotSupportedException();

    public override long Position
    {
        get => _decoded;
        set => throw new NotSupportedException();
    }

    /// <summary>The checksum that the trailers promise; null for none.</summary>
    public ChecksumAlgorithm? PromisedChecksum { get; }

    /// <summary>The verified checksum in base 64, once the end has been read.</summary>
    public string? Checksum { get; private set; }

    /// <summary>What followed the body.</summary>
    public IReadOnlyDictionary<string, string> Trailers => _trailers;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (buffer.Length > 0)
        {
            switch (_state)
            {
                case State.Size:
                    ReadSize(await ReadLineAsync(cancellationToken));
                    break;
                case State.Data:
                    return await ReadDataAsync(buffer, cancellationToken);
                case State.DataEnd:
                    FinishChunk(await ReadLineAsync(cancellationToken));
                    break;
                case State.Trailers:
                    await ReadTrailersAsync(cancellationToken);
                    break;
                default:
                    return 0;
            }
        }

        return 0;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Bodies are read asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _chunkHash.Dispose();
            _checksum?.Dispose();
        }

        base.Dispose(disposing);
    }

    private void ReadSize(byte[] line)
    {
        var text = Encoding.ASCII.GetString(line);
        var semicolon = text.IndexOf(';');
        var size = semicolon < 0 ? text : text[..semicolon];
        if (!long.TryParse(size, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _remaining) || _remaining < 0)
        {
            throw Malformed("A chunk does not begin with its size.");
        }

        const string Extension = ";chunk-signature=";
        _signature = semicolon >= 0 && text.AsSpan(semicolon).StartsWith(Extension, StringComparison.Ordinal) ? line[(semicolon + Extension.Length)..] : [];
        if (_remaining > 0)
        {
            _state = State.Data;
            return;
        }

        VerifyChunk();
        _state = State.Trailers;
    }

    private async ValueTask<int> ReadDataAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var result = await _body.ReadAsync(cancellationToken);
        if (result.Buffer.IsEmpty && result.IsCompleted)
        {
            _body.AdvanceTo(result.Buffer.End);
            throw Incomplete();
        }

        var count = (int)Math.Min(Math.Min(result.Buffer.Length, _remaining), buffer.Length);
        var data = result.Buffer.Slice(0, count);
        data.CopyTo(buffer.Span);
        _body.AdvanceTo(data.End);
        if (_signatures is not null)
        {
            _chunkHash.AppendData(buffer.Span[..count]);
        }

        _checksum?.Append(buffer.Span[..count]);
        _decoded += count;
        _remaining -= count;
        _state = _remaining == 0 ? State.DataEnd : State.Data;
        return count;
    }

    private void FinishChunk(byte[] line)
    {
        if (line.Length > 0)
        {
            throw Malformed("A chunk is longer than its size.");
        }

        VerifyChunk();
        _state = State.Size;
    }

    private void VerifyChunk()
    {
        if (_signatures is null)
        {
            return;
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        _chunkHash.GetHashAndReset(hash);
        if (!_signatures.VerifyChunk(hash, _signature))
        {
            throw SignatureErrors.For(SignatureProblem.Mismatch, Protocol.RestXml);
        }
    }

    private async ValueTask ReadTrailersAsync(CancellationToken cancellationToken)
    {
        var signed = new StringBuilder();
        byte[] signature = [];
        while (await ReadLineAsync(cancellationToken, mayEnd: true) is { Length: > 0 } line)
        {
            var text = Encoding.UTF8.GetString(line);
            var colon = text.IndexOf(':');
            if (colon < 1 || _trailers.Count >= MaxTrailers)
            {
                throw Malformed("What follows the last chunk is no trailer.");
            }

            var (name, value) = (text[..colon].Trim().ToLowerInvariant(), text[(colon + 1)..].Trim());
            if (name == "x-amz-trailer-signature")
            {
                signature = Encoding.ASCII.GetBytes(value);
                continue;
            }

            _trailers[name] = value;
            signed.Append(name).Append(':').Append(value).Append('\n');
        }

        CheckEnd(signed.ToString(), signature);
        _state = State.Done;
    }

    private void CheckEnd(string trailers, byte[] signature)
    {
        if (_signatures is not null && trailers.Length > 0 && !_signatures.VerifyTrailers(SHA256.HashData(Encoding.UTF8.GetBytes(trailers)), signature))
        {
            throw SignatureErrors.For(SignatureProblem.Mismatch, Protocol.RestXml);
        }

        if (_expectedLength is { } expected && expected != _decoded)
        {
            throw Incomplete();
        }

        if (_checksum is not null)
        {
            Checksum = TrailingChecksum.Check(_checksum, _trailers);
        }
    }

    /// <summary>A line without its end.</summary>
    private async ValueTask<byte[]> ReadLineAsync(CancellationToken cancellationToken, bool mayEnd = false)
    {
        while (true)
        {
            var result = await _body.ReadAsync(cancellationToken);
            var reader = new SequenceReader<byte>(result.Buffer);
            if (reader.TryReadTo(out ReadOnlySequence<byte> line, LineEnd) && line.Length <= MaxLine)
            {
                var bytes = line.ToArray();
                _body.AdvanceTo(reader.Position);
                return bytes;
            }

            if (result.Buffer.Length <= MaxLine && !result.IsCompleted)
            {
                _body.AdvanceTo(result.Buffer.Start, result.Buffer.End);
                continue;
            }

            // The reader must be left in order, so that the server can pass over the rest.
            var isEmpty = result.Buffer.IsEmpty;
            var isTooLong = result.Buffer.Length > MaxLine;
            _body.AdvanceTo(result.Buffer.End);
            return mayEnd && isEmpty ? [] : throw (isTooLong ? Malformed("A line is too long.") : Incomplete());
        }
    }

    private static CommonException Malformed(string message) => new("InvalidRequest", message, 400);

    private static CommonException Incomplete() =>
        new("IncompleteBody", "You did not provide the number of bytes specified by the Content-Length HTTP header.", 400);
}
