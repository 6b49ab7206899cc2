using Petrel.Aws.S3;
using Petrel.Server.Services.S3.Store.Content;

namespace Petrel.Server.Services.S3.Forms;

/// <summary>A file whose size the form's policy bounds; its end is not reached when it is another.</summary>
internal sealed class BoundedStream(Stream file, long minBytes, long maxBytes) : ReadStream
{
    private long _read;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await file.ReadAsync(buffer, cancellationToken);
        _read += read;
        if (_read > maxBytes)
        {
            throw S3Exception.Of(
                "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", 400, ("ProposedSize", _read), ("MaxSizeAllowed", maxBytes));
        }

        if (read == 0 && buffer.Length > 0 && _read < minBytes)
        {
            throw S3Exception.Of(
                "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", 400, ("ProposedSize", _read), ("MinSizeAllowed", minBytes));
        }

        return read;
    }
}
