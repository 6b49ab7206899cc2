using Microsoft.AspNetCore.Http;

namespace Petrel.Server.Services.Lambda.Urls;

/// <summary>Which function URL a request is for, by its host (<c>{id}.lambda-url.{region}.…</c>) or its path (<c>/_url/{id}/…</c>).</summary>
/// <param name="PathPrefix">The length of what addresses the URL in the path; 0 when the host does.</param>
internal readonly record struct UrlAddress(string UrlId, int PathPrefix)
{
    private const string HostLabel = "lambda-url.";
    private const string PathRoot = "/_url/";

    public static bool IsIn(HttpRequest request) => HostIdLength(request.Host.Value) > 0 || PathIdLength(request.Path.Value) > 0;

    public static UrlAddress Of(HttpRequest request)
    {
        var host = request.Host.Value ?? "";
        if (HostIdLength(host) is > 0 and var length)
        {
            return new UrlAddress(host[..length].ToLowerInvariant(), 0);
        }

        var path = request.Path.Value ?? "";
        var idLength = PathIdLength(path);
        return new UrlAddress(path.Substring(PathRoot.Length, idLength), PathRoot.Length + idLength);
    }

    private static int HostIdLength(string? host)
    {
        var at = host.AsSpan().IndexOf('.');
        return at > 0 && host.AsSpan(at + 1).StartsWith(HostLabel, StringComparison.OrdinalIgnoreCase) ? at : 0;
    }

    private static int PathIdLength(string? path)
    {
        if (path?.StartsWith(PathRoot, StringComparison.Ordinal) != true)
        {
            return 0;
        }

        var rest = path.AsSpan(PathRoot.Length);
        var end = rest.IndexOf('/');
        return end < 0 ? rest.Length : end;
    }
}
