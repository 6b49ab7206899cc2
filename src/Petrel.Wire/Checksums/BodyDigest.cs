using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Petrel.Wire.Shapes;

namespace Petrel.Wire.Checksums;

/// <summary>
/// Verifies what headers say of a body that is held whole: <c>Content-MD5</c>, and checksums where the operation does not take them for
/// something else.
/// </summary>
internal static class BodyDigest
{
    /// <exception cref="CommonException">InvalidDigest, BadDigest.</exception>
    public static void Check(IHeaderDictionary headers, ReadOnlySpan<byte> body, RecordShape shape)
    {
        if (headers.ContentMD5 is [{ } md5])
        {
            CheckMd5(md5, body);
        }

        if (Takes(shape))
        {
            return;
        }

        foreach (var algorithm in Enum.GetValues<ChecksumAlgorithm>())
        {
            if (headers.TryGetValue(ChecksumNames.HeaderPrefix + algorithm.Header(), out var given) && given is [{ } value])
            {
                CheckChecksum(algorithm, value, body);
            }
        }
    }

    private static void CheckMd5(string given, ReadOnlySpan<byte> body)
    {
        Span<byte> expected = stackalloc byte[MD5.HashSizeInBytes + 3];
        if (!Convert.TryFromBase64String(given, expected, out var length) || length != MD5.HashSizeInBytes)
        {
            throw new CommonException("InvalidDigest", "The Content-MD5 you specified was invalid.", 400);
        }

        Span<byte> actual = stackalloc byte[MD5.HashSizeInBytes];
        MD5.HashData(body, actual);
        if (!actual.SequenceEqual(expected[..length]))
        {
            throw new CommonException("BadDigest", "The Content-MD5 you specified did not match what we received.", 400);
        }
    }

    private static void CheckChecksum(ChecksumAlgorithm algorithm, string given, ReadOnlySpan<byte> body)
    {
        using var checksum = ContentChecksum.Create(algorithm);
        checksum.Append(body);
        if (given != Convert.ToBase64String(checksum.Finish()))
        {
            throw new CommonException("BadDigest", $"The {algorithm.Value()} you specified did not match the calculated checksum.", 400);
        }
    }

    private static bool Takes(RecordShape shape) => Array.Exists(
        shape.Members, static member => member.Location == MemberLocation.HeaderMap && member.LocationName == ChecksumNames.HeaderPrefix);
}
