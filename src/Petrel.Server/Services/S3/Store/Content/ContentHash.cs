using System.Security.Cryptography;
using Petrel.Server.Services.S3.Model;
using Petrel.Wire.Checksums;
using Petrel.Wire.Signing;

namespace Petrel.Server.Services.S3.Store.Content;

/// <summary>What is computed of bytes on their way in: MD5, which is the entity tag, and the checksum that was asked for.</summary>
internal sealed class ContentHash(RequestedChecksum requested) : IDisposable
{
    private readonly IncrementalHash _md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);

    private readonly ContentChecksum? _checksum =
        requested is { Algorithm: { } algorithm, IsVerifiedByBody: false } ? ContentChecksum.Create(algorithm) : null;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        _md5.AppendData(bytes);
        _checksum?.Append(bytes);
    }

    /// <param name="body">Read to its end.</param>
    /// <exception cref="Aws.S3.S3Exception">The bytes are not those that the request promised.</exception>
    public (string ETag, StoredChecksum? Checksum) Finish(Stream body)
    {
        var md5 = _md5.GetHashAndReset();
        var value = _checksum is null ? (body as AwsChunkedStream)?.Checksum : Convert.ToBase64String(_checksum.Finish());
        requested.Check(md5, value);
        return (Convert.ToHexStringLower(md5), value is null ? null : new StoredChecksum(requested.Algorithm!.Value.Value(), value));
    }

    public void Dispose()
    {
        _md5.Dispose();
        _checksum?.Dispose();
    }
}
