using System.Net;

namespace Petrel.Server.Edge;

/// <summary>Which host names mean this platform. Any other name that leads here was made to do so by somebody else's name server.</summary>
internal static class HostNames
{
    private static readonly string[] Domains = ["localhost", "localhost.localstack.cloud", "amazonaws.com"];

    /// <param name="host">Without a port.</param>
    public static bool IsPlatform(ReadOnlySpan<char> host)
    {
        foreach (var domain in Domains)
        {
            var isDomain = host.EndsWith(domain, StringComparison.OrdinalIgnoreCase)
                && (host.Length == domain.Length || host[host.Length - domain.Length - 1] == '.');
            if (isDomain)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A name of the platform or an address of this machine's own loopback.</summary>
    public static bool IsLocal(ReadOnlySpan<char> host) =>
        host.IsEmpty || IsPlatform(host) || (IPAddress.TryParse(host.Trim("[]"), out var address) && IPAddress.IsLoopback(address));

    /// <summary>An <c>Origin</c> header that names this machine. <c>null</c> is that of files and sandboxed frames, which may be anybody's.</summary>
    public static bool IsLocalOrigin(string origin) => Uri.TryCreate(origin, UriKind.Absolute, out var uri) && IsLocal(uri.Host);
}
