using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Petrel.Tests.Edge;

/// <summary>Signs requests as the SDKs do; written apart from the server's code, so that one checks the other.</summary>
internal sealed record SignedClient(
    string Service, string AccessKeyId = "test", string Secret = "test", string Region = "eu-west-1", string? SessionToken = null)
{
    public DateTimeOffset? Time { get; init; }

    public string? PayloadHash { get; init; }

    public HttpRequestMessage Sign(HttpRequestMessage request, byte[] body)
    {
        var time = (Time ?? TimeProvider.System.GetUtcNow()).UtcDateTime;
        var stamp = time.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var date = stamp[..8];
        var hash = PayloadHash ?? Convert.ToHexStringLower(SHA256.HashData(body));
        request.Headers.TryAddWithoutValidation("X-Amz-Date", stamp);
        if (PayloadHash is not null)
        {
            request.Headers.TryAddWithoutValidation("x-amz-content-sha256", PayloadHash);
        }

        if (SessionToken is not null)
        {
            request.Headers.TryAddWithoutValidation("X-Amz-Security-Token", SessionToken);
        }

        var headers = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["host"] = request.Headers.Host ?? request.RequestUri!.Authority };
        foreach (var header in request.Headers.Where(h => h.Key.StartsWith("x-amz", StringComparison.OrdinalIgnoreCase)))
        {
            headers[header.Key.ToLowerInvariant()] = string.Join(',', header.Value).Trim();
        }

        var path = request.RequestUri!.AbsolutePath;
        var canonicalPath = Service == "s3" ? path : string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
        var query = request.RequestUri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(p => p.Contains('=') ? p : p + "=").Order(StringComparer.Ordinal);
        var names = string.Join(';', headers.Keys);
        var canonical = $"{request.Method}\n{canonicalPath}\n{string.Join('&', query)}\n"
            + $"{string.Concat(headers.Select(h => $"{h.Key}:{h.Value}\n"))}\n{names}\n{hash}";
        var scope = $"{date}/{Region}/{Service}/aws4_request";
        var toSign = $"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var key = new[] { date, Region, Service, "aws4_request" }.Aggregate(
            Encoding.UTF8.GetBytes("AWS4" + Secret), (k, part) => HMACSHA256.HashData(k, Encoding.UTF8.GetBytes(part)));
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign)));
        request.Headers.TryAddWithoutValidation(
            "Authorization", $"AWS4-HMAC-SHA256 Credential={AccessKeyId}/{scope}, SignedHeaders={names}, Signature={signature}");
        return request;
    }
}
