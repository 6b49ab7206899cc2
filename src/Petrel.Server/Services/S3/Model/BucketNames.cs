using System.Net;
using Petrel.Aws.S3;

namespace Petrel.Server.Services.S3.Model;

/// <summary>What a bucket may be called: the rules of S3's user guide, "General purpose bucket naming rules".</summary>
internal static class BucketNames
{
    private const int MinLength = 3;
    private const int MaxLength = 63;

    private static readonly string[] ForbiddenPrefixes = ["xn--", "sthree-", "amzn-s3-demo-"];

    private static readonly string[] ForbiddenSuffixes = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];

    /// <exception cref="S3Exception">The name is none (<c>InvalidBucketName</c>).</exception>
    public static void Check(string name)
    {
        if (!IsValid(name))
        {
            throw S3Exception.Of("InvalidBucketName", "The specified bucket is not valid.", 400, ("BucketName", name));
        }
    }

    public static bool IsValid(string name) => name.Length is >= MinLength and <= MaxLength
        && !name.AsSpan().ContainsAnyExcept("abcdefghijklmnopqrstuvwxyz0123456789.-")
        && char.IsAsciiLetterOrDigit(name[0])
        && char.IsAsciiLetterOrDigit(name[^1])
        && !name.Contains("..", StringComparison.Ordinal)
        && !IPAddress.TryParse(name, out _)
        && !Array.Exists(ForbiddenPrefixes, prefix => name.StartsWith(prefix, StringComparison.Ordinal))
        && !Array.Exists(ForbiddenSuffixes, suffix => name.EndsWith(suffix, StringComparison.Ordinal));
}
