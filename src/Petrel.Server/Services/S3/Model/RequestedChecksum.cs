using System.Security.Cryptography;
using Petrel.Aws.S3;
using Petrel.Wire;
using Petrel.Wire.Checksums;
using Petrel.Wire.Signing;

namespace Petrel.Server.Services.S3.Model;

/// <summary>What a request says of its body's checksums.</summary>
/// <param name="Algorithm">Which is computed and kept.</param>
/// <param name="Expected">Its value in base 64, when it stands in a header.</param>
/// <param name="Md5">That of <c>Content-MD5</c>.</param>
/// <param name="IsVerifiedByBody">The body verifies the checksum itself, against its trailers.</param>
internal sealed record RequestedChecksum(ChecksumAlgorithm? Algorithm, string? Expected, byte[]? Md5, bool IsVerifiedByBody)
{
    private static readonly string[] Others = ["sha512", "md5", "xxhash64", "xxhash3", "xxhash128"];

    /// <param name="checksums">Headers behind <c>x-amz-checksum-</c>.</param>
    /// <param name="ifNone">What is computed when the request names none.</param>
    /// <exception cref="S3Exception">A value that is no checksum (<c>InvalidRequest</c>, <c>InvalidDigest</c>), or more than one.</exception>
    public static RequestedChecksum Read(
        IReadOnlyDictionary<string, string>? checksums, string? sdkAlgorithm, string? contentMd5, Stream body, ChecksumAlgorithm? ifNone)
    {
        var md5 = ReadMd5(contentMd5);
        ChecksumAlgorithm? algorithm = null;
        string? expected = null;
        foreach (var (name, value) in checksums ?? (IReadOnlyDictionary<string, string>)System.Collections.Frozen.FrozenDictionary<string, string>.Empty)
        {
            RefuseOther(name);
            if (!ChecksumNames.TryParse(name, out var named))
            {
                continue;
            }

            if (algorithm is not null)
            {
                throw S3Exception.InvalidRequest("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
            }

            (algorithm, expected) = (named, CheckForm(value, named.Value));
        }

        if (body is AwsChunkedStream { PromisedChecksum: { } promised })
        {
            return algorithm is null
                ? new RequestedChecksum(promised, null, md5, IsVerifiedByBody: true)
                : throw S3Exception.InvalidRequest("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
        }

        return new RequestedChecksum(algorithm ?? Asked(sdkAlgorithm) ?? ifNone, expected, md5, IsVerifiedByBody: false);
    }

    /// <summary>The algorithm that a request names without a value.</summary>
    public static ChecksumAlgorithm? Asked(string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            return null;
        }

        RefuseOther(name);
        return ChecksumNames.TryParse(name, out var algorithm)
            ? algorithm
            : throw S3Exception.InvalidRequest("Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]");
    }

    /// <exception cref="S3Exception">The body is another one than the headers say.</exception>
    public void Check(ReadOnlySpan<byte> md5, string? checksum)
    {
        if (Md5 is not null && !md5.SequenceEqual(Md5))
        {
            throw S3Exception.Of(
                "BadDigest",
                "The Content-MD5 you specified did not match what we received.",
                400,
                ("ExpectedDigest", Convert.ToBase64String(Md5)),
                ("CalculatedDigest", Convert.ToBase64String(md5)));
        }

        if (Expected is not null && Expected != checksum)
        {
            throw S3Exception.Of("BadDigest", $"The {Algorithm!.Value.Value()} you specified did not match the calculated checksum.", 400);
        }
    }

    /// <summary>Checks a body that is held whole.</summary>
    public void Check(ReadOnlySpan<byte> body)
    {
        string? computed = null;
        if (Algorithm is { } algorithm)
        {
            using var checksum = ContentChecksum.Create(algorithm);
            checksum.Append(body);
            computed = Convert.ToBase64String(checksum.Finish());
        }

        Check(MD5.HashData(body), computed);
    }

    private static byte[]? ReadMd5(string? header)
    {
        if (header is null)
        {
            return null;
        }

        var md5 = new byte[MD5.HashSizeInBytes];
        return header.Length == 24 && Convert.TryFromBase64String(header, md5, out var length) && length == md5.Length
            ? md5
            : throw S3Exception.Of("InvalidDigest", "The Content-MD5 you specified was invalid.", 400, ("Content-MD5", header));
    }

    private static string CheckForm(string value, ChecksumAlgorithm algorithm)
    {
        var bytes = new byte[algorithm.Bytes() + 3];
        return Convert.TryFromBase64String(value, bytes, out var length) && length == algorithm.Bytes()
            ? value
            : throw S3Exception.InvalidRequest($"Value for {ChecksumNames.HeaderPrefix}{algorithm.Header()} header is invalid.");
    }

    private static void RefuseOther(string name)
    {
        if (Array.Exists(Others, other => other.Equals(name, StringComparison.OrdinalIgnoreCase)))
        {
            throw CommonException.NotImplemented("s3", $"the checksum {name.ToUpperInvariant()}");
        }
    }
}
