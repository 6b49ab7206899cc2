using Microsoft.AspNetCore.Http;

namespace Petrel.Server.Edge;

/// <summary>
/// Lets scripts of web pages call the services: their requests are signed as all others are, so any origin is answered. Handlers of plain
/// HTTP (function URLs) have rules of their own and are not touched.
/// </summary>
internal static class Cors
{
    private const string Exposed =
        "x-amzn-RequestId, x-amzn-ErrorType, x-amz-request-id, x-amz-id-2, x-amz-function-error, x-amz-log-result, x-amz-executed-version, "
        + "ETag, x-amz-version-id, x-amz-delete-marker, x-amz-crc32, Content-Range, Date";

    /// <summary>True for a preflight, which is then answered.</summary>
    public static bool Answer(HttpContext http)
    {
        var headers = http.Request.Headers;
        if (!headers.TryGetValue("Origin", out var origin))
        {
            return false;
        }

        var answer = http.Response.Headers;
        answer.AccessControlAllowOrigin = origin;
        answer.Vary = "Origin";
        answer.AccessControlExposeHeaders = Exposed;
        if (!HttpMethods.IsOptions(http.Request.Method) || !headers.TryGetValue("Access-Control-Request-Method", out var method))
        {
            return false;
        }

        answer.AccessControlAllowMethods = method;
        answer.AccessControlAllowHeaders = headers["Access-Control-Request-Headers"];
        answer.AccessControlMaxAge = "3600";
        if (headers.ContainsKey("Access-Control-Request-Private-Network"))
        {
            answer["Access-Control-Allow-Private-Network"] = "true";
        }

        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return true;
    }
}
