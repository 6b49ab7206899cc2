using Petrel.Wire.Checksums;

namespace Petrel.Wire.Signing;

/// <summary>The checksum of a body that its trailers promise, computed beside the reading.</summary>
internal static class TrailingChecksum
{
    /// <param name="trailer">The value of <c>x-amz-trailer</c>.</param>
    public static ContentChecksum? Create(string? trailer)
    {
        if (string.IsNullOrWhiteSpace(trailer))
        {
            return null;
        }

        var name = trailer.Trim();
        return name.StartsWith(ChecksumNames.HeaderPrefix, StringComparison.OrdinalIgnoreCase)
            && ChecksumNames.TryParse(name[ChecksumNames.HeaderPrefix.Length..], out var algorithm)
                ? ContentChecksum.Create(algorithm.Value)
                : throw new CommonException("InvalidRequest", "The value specified in the x-amz-trailer header is not supported", 400);
    }

    /// <returns>The checksum in base 64.</returns>
    /// <exception cref="CommonException">The checksum is missing or another one (<c>BadDigest</c>).</exception>
    public static string Check(ContentChecksum checksum, Dictionary<string, string> trailers)
    {
        var name = ChecksumNames.HeaderPrefix + checksum.Algorithm.Header();
        if (!trailers.TryGetValue(name, out var given))
        {
            throw new CommonException("MalformedTrailerError", $"The request promised the trailer {name} and did not send it.", 400);
        }

        var computed = Convert.ToBase64String(checksum.Finish());
        return given == computed
            ? computed
            : throw new CommonException("BadDigest", $"The {checksum.Algorithm.Value()} you specified did not match the calculated checksum.", 400);
    }
}
