using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Petrel.Tests.Edge;

/// <summary>Makes presigned URLs as the SDKs do.</summary>
internal static class Presigner
{
    public static string Sign(Uri endpoint, string service, string pathAndQuery, DateTimeOffset time, int expires)
    {
        var stamp = time.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var scope = $"{stamp[..8]}/eu-west-1/{service}/aws4_request";
        var split = pathAndQuery.Split('?');
        var query = (split.Length > 1 ? split[1] + "&" : "")
            + $"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={Uri.EscapeDataString($"test/{scope}")}&X-Amz-Date={stamp}"
            + $"&X-Amz-Expires={expires}&X-Amz-SignedHeaders=host";
        var path = service == "s3" ? split[0] : string.Join('/', split[0].Split('/').Select(Uri.EscapeDataString));
        var hash = service == "s3" ? "UNSIGNED-PAYLOAD" : Convert.ToHexStringLower(SHA256.HashData([]));
        var canonical = $"GET\n{path}\n{string.Join('&', query.Split('&').Order(StringComparer.Ordinal))}\nhost:{endpoint.Authority}\n\nhost\n{hash}";
        var toSign = $"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        return $"{split[0]}?{query}&X-Amz-Signature={Convert.ToHexStringLower(HMACSHA256.HashData(Key(stamp, service), Encoding.UTF8.GetBytes(toSign)))}";
    }

    public static byte[] Key(string stamp, string service) => new[] { stamp[..8], "eu-west-1", service, "aws4_request" }.Aggregate(
        Encoding.UTF8.GetBytes("AWS4test"), (key, part) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part)));
}
