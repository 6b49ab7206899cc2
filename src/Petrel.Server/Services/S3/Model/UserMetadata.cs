using System.Text;
using Petrel.Aws.S3;

namespace Petrel.Server.Services.S3.Model;

/// <summary>Metadata of the user's own, in headers.</summary>
internal static class UserMetadata
{
    private const int MaxBytes = 2_048;

    /// <exception cref="S3Exception">Names and values together are longer than 2 KB.</exception>
    public static Dictionary<string, string>? Checked(IReadOnlyDictionary<string, string>? metadata)
    {
        if (metadata is null || metadata.Count == 0)
        {
            return null;
        }

        var size = metadata.Sum(entry => Encoding.UTF8.GetByteCount(entry.Key) + Encoding.UTF8.GetByteCount(entry.Value));
        return size <= MaxBytes
            ? new Dictionary<string, string>(metadata)
            : throw S3Exception.Of(
                "MetadataTooLarge",
                "Your metadata headers exceed the maximum allowed metadata size",
                400,
                ("Size", (long)size),
                ("MaxSizeAllowed", (long)MaxBytes));
    }

    /// <exception cref="S3Exception">It is neither a path nor a URL.</exception>
    public static string? CheckedRedirect(string? location) => location is null || location.StartsWith('/')
        || location.StartsWith("http://", StringComparison.Ordinal) || location.StartsWith("https://", StringComparison.Ordinal)
            ? location
            : throw S3Exception.Of(
                "InvalidRedirectLocation", "The website redirect location must have a prefix of 'http://' or 'https://' or '/'.", 400);

    /// <summary>Values that are not ASCII go out as RFC 2047 says, as S3 does it.</summary>
    public static Dictionary<string, string>? Show(Dictionary<string, string>? metadata)
    {
        if (metadata is null || metadata.Values.All(static value => Ascii.IsValid(value)))
        {
            return metadata;
        }

        return metadata.ToDictionary(
            static entry => entry.Key,
            static entry => Ascii.IsValid(entry.Value) ? entry.Value : $"=?UTF-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(entry.Value))}?=");
    }

    /// <summary><c>aws-chunked</c> says how the body came, not what the object is.</summary>
    public static string? WithoutChunked(string? contentEncoding)
    {
        if (contentEncoding is null || !contentEncoding.Contains("aws-chunked", StringComparison.OrdinalIgnoreCase))
        {
            return contentEncoding;
        }

        var others = contentEncoding.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(static name => !name.Equals("aws-chunked", StringComparison.OrdinalIgnoreCase));
        return string.Join(',', others) is { Length: > 0 } left ? left : null;
    }
}
