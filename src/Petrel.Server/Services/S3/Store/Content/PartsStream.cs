using Petrel.Server.Services.S3.Model;

namespace Petrel.Server.Services.S3.Store.Content;

/// <summary>Reads the parts of an object one after the other; each is opened when it is reached.</summary>
internal sealed class PartsStream(ContentStore content, IReadOnlyList<PartState> parts, ByteRange range) : ReadStream
{
    private int _next;
    private long _offset = range.Offset;
    private long _left = range.Length;
    private Stream? _open;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if (_open is not null)
            {
                var read = await _open.ReadAsync(buffer, cancellationToken);
                if (read > 0 || buffer.IsEmpty)
                {
                    return read;
                }

                await _open.DisposeAsync();
                _open = null;
            }

            if (_left == 0)
            {
                return 0;
            }

            await OpenNextAsync(cancellationToken);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _open?.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask OpenNextAsync(CancellationToken cancellationToken)
    {
        var part = parts[_next++];
        if (_offset >= part.Size)
        {
            _offset -= part.Size;
            return;
        }

        var length = Math.Min(part.Size - _offset, _left);
        _open = await content.OpenAsync(part.Content, new ByteRange(_offset, length), cancellationToken);
        (_offset, _left) = (0, _left - length);
    }
}
