using System.Globalization;
using System.Text;
using Petrel.Aws.S3;
using Petrel.Wire.Rest;

namespace Petrel.Server.Services.S3.Model;

/// <summary>What the listings have in common: page sizes, tokens, and keys in an answer that XML cannot carry.</summary>
internal sealed record ListingRules(bool EncodesKeys)
{
    public const int MaxPage = 1_000;

    public static ListingRules Read(string? encodingType) => encodingType switch
    {
        null or "" => new ListingRules(false),
        "url" => new ListingRules(true),
        _ => throw S3Exception.InvalidArgument("Invalid Encoding Method specified in Request", "encoding-type", encodingType),
    };

    /// <summary>The page's size as it was asked for, at most 1,000.</summary>
    public static int PageSize(string? text, string name)
    {
        if (string.IsNullOrEmpty(text))
        {
            return MaxPage;
        }

        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var size) && size >= 0
            ? Math.Min(size, MaxPage)
            : throw S3Exception.InvalidArgument(
                long.TryParse(text, CultureInfo.InvariantCulture, out var number) && number < 0
                    ? $"Argument {name} must be an integer between 0 and 2147483647"
                    : $"Provided {name} not an integer or within integer range",
                name,
                text);
    }

    public string Show(string key)
    {
        if (!EncodesKeys)
        {
            return key;
        }

        var encoded = new StringBuilder(key.Length + 16);
        PercentEncoding.Encode(encoded, key, keepSlash: true);
        return encoded.ToString();
    }

    public string? ShowOrNull(string? key) => string.IsNullOrEmpty(key) ? null : Show(key);

    public static string Token(byte[] last) => Convert.ToBase64String(last);

    public static byte[] ReadToken(string token)
    {
        var bytes = new byte[token.Length];
        return token.Length > 0 && Convert.TryFromBase64String(token, bytes, out var length)
            ? bytes[..length]
            : throw S3Exception.InvalidArgument("The continuation token provided is incorrect", "continuation-token", token);
    }
}
