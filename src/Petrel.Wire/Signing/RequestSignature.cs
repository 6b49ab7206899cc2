using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Petrel.Wire.Rest;

namespace Petrel.Wire.Signing;

/// <summary>A signature as it stands in a request, in the authorisation header or in the query (presigned); not yet verified.</summary>
public readonly record struct RequestSignature
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");

    /// <summary>The longest that a presigned request may be valid: seven days.</summary>
    private const int MaxExpiresSeconds = 604_800;

    public required CredentialScope Scope { get; init; }

    public required string[] SignedHeaders { get; init; }

    /// <summary>64 hexadecimal digits.</summary>
    public required ReadOnlyMemory<char> Signature { get; init; }

    /// <summary><c>20150830T123600Z</c>, as it was signed.</summary>
    public required string TimeText { get; init; }

    public required DateTimeOffset Time { get; init; }

    public string? SessionToken { get; init; }

    /// <summary>How long a presigned request is valid; null for a signature in the header.</summary>
    public int? ExpiresSeconds { get; init; }

    public bool IsPresigned => ExpiresSeconds is not null;

    /// <summary>The request claims to be signed; nothing is known yet of whether it is well formed.</summary>
    public static bool IsPresent(IHeaderDictionary headers, ReadOnlySpan<char> rawQuery) =>
        headers.Authorization is [{ } header] ? header.StartsWith("AWS4-", StringComparison.Ordinal) : IsPresignedQuery(rawQuery);

    /// <summary>The scope of whichever signature the request has, for routing before it is verified.</summary>
    public static CredentialScope? PeekScope(IHeaderDictionary headers, ReadOnlySpan<char> rawQuery)
    {
        if (headers.Authorization is [{ } header])
        {
            return header.StartsWith("AWS4-", StringComparison.Ordinal) && CredentialScope.TryParse(Part(header, "Credential="), out var scope)
                ? scope
                : null;
        }

        return IsPresignedQuery(rawQuery)
            && new QueryReader(rawQuery).Find("X-Amz-Credential") is { } credential
            && CredentialScope.TryParse(credential, out var presigned)
                ? presigned
                : null;
    }

    /// <returns><see cref="SignatureProblem.None"/>, <see cref="SignatureProblem.MissingToken"/> or <see cref="SignatureProblem.Incomplete"/>.</returns>
    public static SignatureProblem TryRead(
        IHeaderDictionary headers, ReadOnlySpan<char> rawQuery, [NotNullWhen(true)] out RequestSignature? signature)
    {
        signature = null;
        if (headers.Authorization is [{ } header])
        {
            signature = header.StartsWith("AWS4-", StringComparison.Ordinal) ? FromHeader(headers, header) : null;
        }
        else if (IsPresignedQuery(rawQuery))
        {
            signature = FromQuery(rawQuery);
        }
        else
        {
            return headers.Authorization.Count == 0 ? SignatureProblem.MissingToken : SignatureProblem.Incomplete;
        }

        return signature is null ? SignatureProblem.Incomplete : SignatureProblem.None;
    }

    private static bool IsPresignedQuery(ReadOnlySpan<char> rawQuery) =>
        rawQuery.Contains("X-Amz-Algorithm=", StringComparison.Ordinal) || rawQuery.Contains("X-Amz-Credential=", StringComparison.Ordinal);

    private static RequestSignature? FromHeader(IHeaderDictionary headers, string header)
    {
        var signature = PartRange(header, "Signature=");
        var time = headers.TryGetValue("x-amz-date", out var date) ? date.ToString() : HttpDate(headers);
        if (!header.StartsWith(Algorithm + " ", StringComparison.Ordinal)
            || !CredentialScope.TryParse(Part(header, "Credential="), out var scope)
            || !TryTime(time, out var at)
            || !IsSignature(header.AsSpan(signature)))
        {
            return null;
        }

        return new RequestSignature
        {
            Scope = scope,
            SignedHeaders = SignedHeaderNames.Read(Part(header, "SignedHeaders=")),
            Signature = header.AsMemory(signature),
            TimeText = time,
            Time = at,
            SessionToken = headers.TryGetValue("x-amz-security-token", out var token) ? token.ToString() : null,
        };
    }

    private static RequestSignature? FromQuery(ReadOnlySpan<char> rawQuery)
    {
        var signature = new QueryReader(rawQuery).Find("X-Amz-Signature");
        var time = new QueryReader(rawQuery).Find("X-Amz-Date") ?? "";
        if (new QueryReader(rawQuery).Find("X-Amz-Algorithm") is not Algorithm
            || !CredentialScope.TryParse(new QueryReader(rawQuery).Find("X-Amz-Credential"), out var scope)
            || !TryTime(time, out var at)
            || !IsSignature(signature)
            || !int.TryParse(new QueryReader(rawQuery).Find("X-Amz-Expires"), CultureInfo.InvariantCulture, out var expires)
            || expires is < 0 or > MaxExpiresSeconds)
        {
            return null;
        }

        return new RequestSignature
        {
            Scope = scope,
            SignedHeaders = SignedHeaderNames.Read(new QueryReader(rawQuery).Find("X-Amz-SignedHeaders")),
            Signature = signature.AsMemory(),
            TimeText = time,
            Time = at,
            SessionToken = new QueryReader(rawQuery).Find("X-Amz-Security-Token"),
            ExpiresSeconds = expires,
        };
    }

    private static bool IsSignature(ReadOnlySpan<char> text) => text.Length == 64 && !text.ContainsAnyExcept(Hex);

    private static bool TryTime(string text, out DateTimeOffset time) => DateTimeOffset.TryParseExact(
        text, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);

    /// <summary>Without <c>X-Amz-Date</c> the time is in <c>Date</c>.</summary>
    private static string HttpDate(IHeaderDictionary headers) =>
        DateTimeOffset.TryParse(headers.Date.ToString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
            ? date.ToUniversalTime().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)
            : headers.Date.ToString();

    private static ReadOnlySpan<char> Part(string header, string name) => header.AsSpan(PartRange(header, name));

    private static Range PartRange(string header, string name)
    {
        var at = header.IndexOf(name, StringComparison.Ordinal);
        if (at < 1 || header[at - 1] is not (' ' or ','))
        {
            return 0..0;
        }

        var start = at + name.Length;
        var end = header.AsSpan(start).IndexOfAny(',', ' ');
        return start..(end < 0 ? header.Length : start + end);
    }
}
