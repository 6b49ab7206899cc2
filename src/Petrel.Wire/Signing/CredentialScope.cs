using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Petrel.Wire.Signing;

/// <summary>Where and when a signature is valid: the credential's parts.</summary>
/// <param name="Date">Eight digits.</param>
public sealed record CredentialScope(string AccessKeyId, string Date, string Region, string Service)
{
    /// <summary>A client sends the same credential all day, so that most are read once.</summary>
    private const int MaxCached = 4_096;

    private static readonly ConcurrentDictionary<string, CredentialScope> Cache = [];

    /// <summary>What stands in the string to sign: <c>20150830/us-east-1/service/aws4_request</c>.</summary>
    public string Text { get; } = $"{Date}/{Region}/{Service}/aws4_request";

    /// <summary>Reads <c>AKID/20150830/us-east-1/service/aws4_request</c>.</summary>
    public static bool TryParse(ReadOnlySpan<char> credential, [NotNullWhen(true)] out CredentialScope? scope)
    {
        if (Cache.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(credential, out scope))
        {
            return true;
        }

        Span<Range> parts = stackalloc Range[6];
        if (credential.Length > 512 || credential.Split(parts, '/') != 5 || !IsScope(credential, parts))
        {
            return false;
        }

        scope = new CredentialScope(
            credential[parts[0]].ToString(), credential[parts[1]].ToString(), credential[parts[2]].ToString(), credential[parts[3]].ToString());
        if (Cache.Count >= MaxCached)
        {
            Cache.Clear();
        }

        Cache[credential.ToString()] = scope;
        return true;
    }

    private static bool IsScope(ReadOnlySpan<char> credential, ReadOnlySpan<Range> parts)
    {
        foreach (var part in parts[..4])
        {
            if (credential[part].IsEmpty)
            {
                return false;
            }
        }

        var date = credential[parts[1]];
        return date.Length == 8 && !date.ContainsAnyExceptInRange('0', '9') && credential[parts[4]].SequenceEqual("aws4_request");
    }
}
