using Microsoft.AspNetCore.Http;
using Petrel.Server.Edge;
using Petrel.Server.Services.S3.Model;
using Petrel.Server.Services.S3.Store;

namespace Petrel.Server.Services.S3.Api;

/// <summary>What pages of other sites may do with a bucket is the bucket's own affair: its rules are asked, for preflights and for requests.</summary>
internal sealed class CorsAnswer(S3Store store, BucketStore buckets) : IServiceCors
{
    public string Service => "s3";

    public async ValueTask<bool> AnswerAsync(HttpContext http, string routedPath)
    {
        var request = http.Request.Headers;
        if (!request.TryGetValue("Origin", out var origin))
        {
            return false;
        }

        var isPreflight = HttpMethods.IsOptions(http.Request.Method) && request.TryGetValue("Access-Control-Request-Method", out _);
        var method = isPreflight ? request["Access-Control-Request-Method"].ToString() : http.Request.Method;
        var asked = isPreflight ? request["Access-Control-Request-Headers"].ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : [];
        var name = routedPath.TrimStart('/').Split('/')[0];
        var bucket = name.Length == 0 ? null : await store.ReadAsync(tx => buckets.FindAsync(tx, name), http.RequestAborted);
        var rule = CorsRules.Find(bucket?.Cors, origin.ToString(), method, asked);
        if (rule is null)
        {
            return isPreflight
                ? throw Aws.S3.S3Exception.Of(
                    bucket?.Cors is null ? "CORSResponse" : "AccessForbidden",
                    bucket?.Cors is null
                        ? "CORSResponse: CORS is not enabled for this bucket."
                        : "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.",
                    403)
                : false;
        }

        Write(http.Response.Headers, rule, origin.ToString(), asked, method, isPreflight);
        if (isPreflight)
        {
            http.Response.StatusCode = StatusCodes.Status200OK;
        }

        return isPreflight;
    }

    private static void Write(IHeaderDictionary answer, Aws.S3.CORSRule rule, string origin, string[] asked, string method, bool isPreflight)
    {
        var isAny = rule.AllowedOrigins!.Contains("*");
        answer.AccessControlAllowOrigin = isAny ? "*" : origin;
        answer.AccessControlAllowMethods = isPreflight ? string.Join(", ", rule.AllowedMethods!) : method;
        answer.Vary = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method";
        if (!isAny)
        {
            answer.AccessControlAllowCredentials = "true";
        }

        if (rule.ExposeHeaders is { Count: > 0 } exposed)
        {
            answer.AccessControlExposeHeaders = string.Join(", ", exposed);
        }

        if (isPreflight && asked.Length > 0)
        {
            answer.AccessControlAllowHeaders = string.Join(", ", asked.Select(static header => header.ToLowerInvariant()));
        }

        if (rule.MaxAgeSeconds is { } age)
        {
            answer.AccessControlMaxAge = age.ToString();
        }
    }
}
