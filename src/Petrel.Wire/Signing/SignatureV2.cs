using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Petrel.Wire.Rest;

namespace Petrel.Wire.Signing;

/// <summary>
/// A signature of version 2, which only the object store still takes: boto3 presigns with it in the older regions. It has no scope and
/// covers no body.
/// </summary>
/// <param name="Expires">Seconds since 1970 after which a presigned request is refused; null for a signature in the header.</param>
public sealed record SignatureV2(string AccessKeyId, string Signature, long? Expires, string? SessionToken)
{
    private const string TokenName = "x-amz-security-token";

    /// <summary>Parameters that name what is asked for, and so are signed.</summary>
    private static readonly HashSet<string> Signed = new(StringComparer.Ordinal)
    {
        "accelerate", "acl", "analytics", "attributes", "cors", "defaultObjectAcl", "delete", "encryption", "inventory", "legal-hold", "lifecycle", "location",
        "logging", "metrics", "notification", "object-lock", "partNumber", "policy", "policyStatus", "publicAccessBlock", "replication", "requestPayment",
        "response-cache-control", "response-content-disposition", "response-content-encoding", "response-content-language", "response-content-type",
        "response-expires", "restore", "retention", "select", "select-type", "tagging", "torrent", "uploadId", "uploads", "versionId", "versioning", "versions",
        "website",
    };

    /// <summary>The request claims to be signed so.</summary>
    public static bool IsPresent(IHeaderDictionary headers, ReadOnlySpan<char> rawQuery) =>
        headers.Authorization is [{ } header] ? header.StartsWith("AWS ", StringComparison.Ordinal) : rawQuery.Contains("AWSAccessKeyId=", StringComparison.Ordinal);

    /// <returns>Null for a request without such a signature.</returns>
    public static SignatureV2? TryRead(IHeaderDictionary headers, ReadOnlySpan<char> rawQuery)
    {
        if (headers.Authorization is [{ } header])
        {
            var colon = header.LastIndexOf(':');
            return header.StartsWith("AWS ", StringComparison.Ordinal) && colon > 4
                ? new SignatureV2(header[4..colon], header[(colon + 1)..], null, headers.TryGetValue(TokenName, out var token) ? token.ToString() : null)
                : null;
        }

        return new QueryReader(rawQuery).Find("AWSAccessKeyId") is { } key
            && new QueryReader(rawQuery).Find("Signature") is { } signature
            && long.TryParse(new QueryReader(rawQuery).Find("Expires"), NumberStyles.None, CultureInfo.InvariantCulture, out var expires)
                ? new SignatureV2(key, signature, expires, new QueryReader(rawQuery).Find(TokenName))
                : null;
    }

    /// <param name="path">The bucket before the path, as it came.</param>
    public bool Verify(string method, ReadOnlySpan<char> path, ReadOnlySpan<char> rawQuery, IHeaderDictionary headers, string secret)
    {
        var amazon = AmazonHeaders(headers, rawQuery);
        var text = new StringBuilder(method)
            .Append('\n').Append(headers.ContentMD5)
            .Append('\n').Append(headers.ContentType)
            .Append('\n').Append(Expires?.ToString(CultureInfo.InvariantCulture) ?? (amazon.ContainsKey("x-amz-date") ? "" : headers.Date.ToString()))
            .Append('\n');
        foreach (var (name, value) in amazon)
        {
            text.Append(name).Append(':').Append(value).Append('\n');
        }

        text.Append(path);
        AppendQuery(text, rawQuery);
        var expected = HMACSHA1.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(text.ToString()));
        var given = new byte[expected.Length + 3];
        return Convert.TryFromBase64String(Signature, given, out var length)
            && CryptographicOperations.FixedTimeEquals(expected, given.AsSpan(0, length));
    }

    /// <summary>What begins with <c>x-amz-</c>; presigning clients put such headers into the query.</summary>
    private static SortedDictionary<string, string> AmazonHeaders(IHeaderDictionary headers, ReadOnlySpan<char> rawQuery)
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in headers)
        {
            if (name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase))
            {
                found[name.ToLowerInvariant()] = value.ToString().Trim();
            }
        }

        var query = new QueryReader(rawQuery);
        while (query.Next())
        {
            if (query.RawName.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase))
            {
                found.TryAdd(query.RawName.ToString().ToLowerInvariant(), PercentEncoding.Decode(query.RawValue, plusIsSpace: true));
            }
        }

        return found;
    }

    private static void AppendQuery(StringBuilder text, ReadOnlySpan<char> rawQuery)
    {
        var parts = new SortedDictionary<string, string?>(StringComparer.Ordinal);
        var query = new QueryReader(rawQuery);
        while (query.Next())
        {
            var name = query.RawName.ToString();
            if (Signed.Contains(name))
            {
                parts[name] = query.RawValue.IsEmpty ? null : PercentEncoding.Decode(query.RawValue, plusIsSpace: true);
            }
        }

        var separator = '?';
        foreach (var (name, value) in parts)
        {
            text.Append(separator).Append(name);
            separator = '&';
            if (value is not null)
            {
                text.Append('=').Append(value);
            }
        }
    }
}
