using System.Buffers;
using System.Text;
using Petrel.Wire.Protocols;
using Petrel.Wire.Rest;

namespace Petrel.Wire.Signing;

/// <summary>The path's line of a canonical request.</summary>
internal static class CanonicalPath
{
    private static readonly SearchValues<char> Plain =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/");

    public static void Write(PooledBuffer output, ReadOnlySpan<char> rawPath, PathRule rule)
    {
        if (rule == PathRule.AsIs)
        {
            WriteEncoded(output, PercentEncoding.Decode(rawPath, plusIsSpace: false));
            return;
        }

        if (NeedsNoNormalising(rawPath))
        {
            WriteEncoded(output, rawPath);
            return;
        }

        WriteEncoded(output, Normalise(rawPath));
    }

    private static bool NeedsNoNormalising(ReadOnlySpan<char> path) =>
        !path.IsEmpty && !path.Contains("//", StringComparison.Ordinal) && !path.Contains("/.", StringComparison.Ordinal);

    /// <summary>Resolves <c>.</c> and <c>..</c> segments and empty ones, as RFC 3986 does; a trailing slash stays.</summary>
    private static string Normalise(ReadOnlySpan<char> path)
    {
        var segments = new List<string>();
        var isFolder = false;
        foreach (var range in path.Split('/'))
        {
            var segment = path[range];
            isFolder = segment is "" or "." or "..";
            if (segment is ".." && segments.Count > 0)
            {
                segments.RemoveAt(segments.Count - 1);
            }
            else if (!isFolder)
            {
                segments.Add(segment.ToString());
            }
        }

        return segments.Count == 0 ? "/" : $"/{string.Join('/', segments)}{(isFolder ? "/" : "")}";
    }

    private static void WriteEncoded(PooledBuffer output, ReadOnlySpan<char> path)
    {
        if (!path.ContainsAnyExcept(Plain))
        {
            CanonicalRequest.WriteText(output, path.IsEmpty ? "/" : path);
            return;
        }

        var encoded = new StringBuilder(path.Length * 2);
        PercentEncoding.Encode(encoded, path, keepSlash: true);
        CanonicalRequest.WriteText(output, encoded.ToString());
    }
}
