using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Petrel.Server.Services.Lambda.Model;

namespace Petrel.Server.Services.Lambda.Urls;

/// <summary>
/// The CORS configuration of a function URL at work: the platform answers preflights itself, and its headers replace those that the
/// function gives. Without a configuration both are the function's own business.
/// </summary>
internal static class UrlCors
{
    private const string Any = "*";

    /// <summary>Answers a browser's preflight; false when the request is none.</summary>
    public static bool TryAnswerPreflight(HttpContext http, CorsRecord cors)
    {
        var headers = http.Request.Headers;
        if (!HttpMethods.IsOptions(http.Request.Method) || headers.Origin.Count == 0 || headers.AccessControlRequestMethod.Count == 0)
        {
            return false;
        }

        http.Response.StatusCode = StatusCodes.Status200OK;
        http.Response.ContentLength = 0;
        if (Allows(cors.AllowMethods, headers.AccessControlRequestMethod.ToString(), StringComparison.Ordinal) && AllowOrigin(http, cors))
        {
            WritePreflight(http.Response.Headers, headers.AccessControlRequestHeaders.ToString(), cors);
        }

        return true;
    }

    /// <summary>Adds what a browser needs to see of an ordinary answer.</summary>
    public static void Apply(HttpContext http, CorsRecord cors)
    {
        var answer = http.Response.Headers;
        answer.AccessControlAllowOrigin = default;
        answer.AccessControlAllowCredentials = default;
        answer.AccessControlExposeHeaders = default;
        if (http.Request.Headers.Origin.Count > 0 && AllowOrigin(http, cors) && cors.ExposeHeaders is { Length: > 0 } exposed)
        {
            answer.AccessControlExposeHeaders = string.Join(',', exposed);
        }
    }

    private static bool AllowOrigin(HttpContext http, CorsRecord cors)
    {
        var origin = http.Request.Headers.Origin.ToString();
        if (!Allows(cors.AllowOrigins, origin, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        // A wildcard is no answer to a request with credentials, so the origin itself stands in for it.
        var credentials = cors.AllowCredentials == true;
        var answer = http.Response.Headers;
        answer.AccessControlAllowOrigin = !credentials && cors.AllowOrigins!.Contains(Any) ? Any : origin;
        answer.Append(HeaderNames.Vary, HeaderNames.Origin);
        if (credentials)
        {
            answer.AccessControlAllowCredentials = "true";
        }

        return true;
    }

    private static void WritePreflight(IHeaderDictionary answer, string askedHeaders, CorsRecord cors)
    {
        answer.AccessControlAllowMethods = string.Join(',', cors.AllowMethods!);
        if (cors.AllowHeaders is { Length: > 0 } allowed)
        {
            answer.AccessControlAllowHeaders = allowed.Contains(Any) && askedHeaders.Length > 0 ? askedHeaders : string.Join(',', allowed);
        }

        if (cors.MaxAge is { } maxAge)
        {
            answer.AccessControlMaxAge = maxAge.ToString();
        }
    }

    private static bool Allows(string[]? allowed, string asked, StringComparison comparison)
    {
        foreach (var value in allowed ?? [])
        {
            if (value == Any || value.Equals(asked, comparison))
            {
                return true;
            }
        }

        return false;
    }
}
