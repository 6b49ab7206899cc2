using Petrel.Aws.S3;

namespace Petrel.Server.Services.S3.Model;

/// <summary>Which origins a bucket answers, and with what.</summary>
internal static class CorsRules
{
    private const int MaxRules = 100;

    private static readonly string[] Methods = ["GET", "PUT", "HEAD", "POST", "DELETE"];

    /// <exception cref="S3Exception">InvalidRequest, MalformedXML.</exception>
    public static void Check(IReadOnlyList<CORSRule>? rules)
    {
        if (rules is null || rules.Count is 0 or > MaxRules)
        {
            throw S3Exception.MalformedXml();
        }

        foreach (var rule in rules)
        {
            if (rule.AllowedMethods is not { Count: > 0 } methods || rule.AllowedOrigins is not { Count: > 0 } origins)
            {
                throw S3Exception.MalformedXml();
            }

            if (methods.FirstOrDefault(static method => Array.IndexOf(Methods, method) < 0) is { } bad)
            {
                throw S3Exception.InvalidRequest($"Found unsupported HTTP method in CORS config. Unsupported method is {bad}");
            }

            if (origins.FirstOrDefault(static origin => origin.AsSpan().Count('*') > 1) is { } wild)
            {
                throw S3Exception.InvalidRequest($"AllowedOrigin \"{wild}\" can not have more than one wildcard.");
            }
        }
    }

    /// <summary>The first rule that takes the origin and method, and all of the headers that a preflight asks for.</summary>
    public static CORSRule? Find(IReadOnlyList<CORSRule>? rules, string origin, string method, IEnumerable<string> headers) => rules?.FirstOrDefault(rule =>
        rule.AllowedMethods!.Contains(method)
        && rule.AllowedOrigins!.Any(allowed => Matches(allowed, origin, StringComparison.Ordinal))
        && headers.All(header => (rule.AllowedHeaders ?? []).Any(allowed => Matches(allowed, header, StringComparison.OrdinalIgnoreCase))));

    private static bool Matches(string pattern, string text, StringComparison comparison)
    {
        var star = pattern.IndexOf('*', StringComparison.Ordinal);
        return star < 0
            ? string.Equals(pattern, text, comparison)
            : text.Length >= pattern.Length - 1
                && text.AsSpan().StartsWith(pattern.AsSpan(0, star), comparison)
                && text.AsSpan().EndsWith(pattern.AsSpan(star + 1), comparison);
    }
}
