using Petrel.Aws.S3;
using Petrel.Wire.Rest;

namespace Petrel.Server.Services.S3.Model;

/// <summary>Tags of objects and buckets.</summary>
internal static class ObjectTags
{
    public const int MaxOfObject = 10;
    public const int MaxOfBucket = 50;

    private const int MaxKeyLength = 128;
    private const int MaxValueLength = 256;

    /// <param name="header">As a query: <c>key=value&amp;other=value</c>.</param>
    public static SortedDictionary<string, string>? FromHeader(string? header)
    {
        if (string.IsNullOrEmpty(header))
        {
            return null;
        }

        var tags = new List<S3Tag>();
        foreach (var part in header.Split('&'))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals == 0 || part.Length == 0)
            {
                throw S3Exception.InvalidArgument(
                    "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
                    "x-amz-tagging",
                    header);
            }

            tags.Add(new S3Tag(
                PercentEncoding.Decode(equals < 0 ? part : part.AsSpan(0, equals), plusIsSpace: true),
                equals < 0 ? "" : PercentEncoding.Decode(part.AsSpan(equals + 1), plusIsSpace: true)));
        }

        return Checked(tags, MaxOfObject);
    }

    /// <exception cref="S3Exception">A tag is too long, doubled, or of the platform's own; or there are too many.</exception>
    public static SortedDictionary<string, string>? Checked(IReadOnlyList<S3Tag> tags, int max)
    {
        if (tags.Count > max)
        {
            throw max == MaxOfObject
                ? S3Exception.Of("BadRequest", $"Object tags cannot be greater than {max}", 400)
                : S3Exception.Of("BadRequest", $"Bucket tag count cannot be greater than {max}", 400);
        }

        var checkedTags = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in tags)
        {
            Check(key, value);
            if (!checkedTags.TryAdd(key, value))
            {
                throw Invalid("Cannot provide multiple Tags with the same key", ("TagKey", key));
            }
        }

        return checkedTags.Count == 0 ? null : checkedTags;
    }

    public static Tagging Show(SortedDictionary<string, string>? tags) => new([.. (tags ?? []).Select(tag => new S3Tag(tag.Key, tag.Value))]);

    private static void Check(string key, string value)
    {
        if (key.Length is 0 or > MaxKeyLength || !IsText(key))
        {
            throw Invalid("The TagKey you have provided is invalid", ("TagKey", key));
        }

        if (value.Length > MaxValueLength || !IsText(value))
        {
            throw Invalid("The TagValue you have provided is invalid", ("TagKey", key), ("TagValue", value));
        }

        if (key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase))
        {
            throw Invalid("Your TagKey cannot be prefixed with aws:", ("TagKey", key));
        }
    }

    private static bool IsText(string text)
    {
        foreach (var c in text)
        {
            if (!char.IsLetterOrDigit(c) && !" +-=._:/@".Contains(c) && !char.IsSurrogate(c) && !char.IsWhiteSpace(c))
            {
                return false;
            }
        }

        return true;
    }

    private static S3Exception Invalid(string message, params ReadOnlySpan<(string, object?)> members) => S3Exception.Of("InvalidTag", message, 400, members);
}
