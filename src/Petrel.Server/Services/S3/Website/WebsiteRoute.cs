using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Petrel.Aws.S3;
using Petrel.Server.Edge;
using Petrel.Server.Services.S3.Api;
using Petrel.Server.Services.S3.Model;
using Petrel.Wire;

namespace Petrel.Server.Services.S3.Website;

/// <summary>
/// Websites of buckets at <c>bucket.s3-website.localhost</c>, also with a region behind it: anybody may ask, and the bucket's policy says what is
/// answered. Errors are pages, as browsers want them.
/// </summary>
internal sealed class WebsiteRoute(S3Service s3, S3Access access, CorsAnswer cors) : IEdgeRoute
{
    private const string Mark = ".s3-website";

    public int Order => 900;

    public string Name => "s3.website";

    public bool Matches(HttpContext http) => BucketOf(http.Request.Host.Host) is not null;

    public async Task HandleAsync(HttpContext http, CallContext call)
    {
        var visitor = call with { Caller = Principal.Anonymous };
        var name = BucketOf(http.Request.Host.Host)!;
        try
        {
            if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
            {
                if (!await cors.AnswerAsync(http, $"/{name}"))
                {
                    throw S3Exception.Of("MethodNotAllowed", "The specified method is not allowed against this resource.", 405);
                }

                return;
            }

            await cors.AnswerAsync(http, $"/{name}");
            var bucket = await s3.FindBucketAsync(name, visitor);
            var site = await s3.GetBucketWebsite(new BucketRequest(name), visitor);
            await AnswerAsync(http, bucket, site, visitor);
        }
        catch (ServiceException failure)
        {
            await WritePageAsync(http, failure);
        }
    }

    private async Task AnswerAsync(HttpContext http, BucketState bucket, WebsiteConfiguration site, CallContext call)
    {
        var path = http.Request.Path.Value?.TrimStart('/') ?? "";
        if (site.RedirectAllRequestsTo is { } all)
        {
            Redirect(http, $"{all.Protocol ?? http.Request.Scheme}://{all.HostName}/{Encode(path)}{http.Request.QueryString}", 301);
            return;
        }

        if (WebsiteRules.Find(site.RoutingRules, path, status: null) is { } rule)
        {
            Follow(http, rule, path);
            return;
        }

        var suffix = site.IndexDocument!.Suffix;
        try
        {
            await SendAsync(http, bucket, WebsiteRules.KeyOf(path, suffix), null, call);
        }
        catch (ServiceException failure) when (failure.Status is 403 or 404)
        {
            await FailAsync(http, bucket, site, (path, failure), call);
        }
    }

    private async Task FailAsync(
        HttpContext http, BucketState bucket, WebsiteConfiguration site, (string Path, ServiceException Failure) failed, CallContext call)
    {
        var (path, failure) = failed;
        if (failure.Status == 404 && path.Length > 0 && !path.EndsWith('/') && await IsThereAsync(bucket, $"{path}/{site.IndexDocument!.Suffix}", call))
        {
            Redirect(http, $"/{Encode(path)}/", 302);
        }
        else if (WebsiteRules.Find(site.RoutingRules, path, failure.Status) is { } rule)
        {
            Follow(http, rule, path);
        }
        else if (site.ErrorDocument is { } error && await IsThereAsync(bucket, error.Key, call))
        {
            await SendAsync(http, bucket, error.Key, failure.Status, call);
        }
        else
        {
            await WritePageAsync(http, failure);
        }
    }

    private async Task<bool> IsThereAsync(BucketState bucket, string key, CallContext call)
    {
        try
        {
            await access.AuthorizeAsync(new ObjectAccess(bucket, "s3:GetObject", key), call);
            await s3.HeadObject(new GetObjectRequest(bucket.Name, key), call);
            return true;
        }
        catch (ServiceException missing) when (missing.Status is 403 or 404)
        {
            return false;
        }
    }

    private async Task SendAsync(HttpContext http, BucketState bucket, string key, int? status, CallContext call)
    {
        await access.AuthorizeAsync(new ObjectAccess(bucket, "s3:GetObject", key), call);
        var headers = http.Request.Headers;
        var request = status is not null
            ? new GetObjectRequest(bucket.Name, key)
            : new GetObjectRequest(
                bucket.Name,
                key,
                Range: headers.Range is [{ } range] ? range : null,
                IfNoneMatch: headers.IfNoneMatch is [{ } tag] ? tag : null,
                IfModifiedSince: headers.IfModifiedSince is [{ } since] ? since : null);
        var found = await s3.GetObject(request, call);
        await using var body = found.Body!;
        if (found.WebsiteRedirectLocation is { } location && status is null)
        {
            Redirect(http, location, 301);
            return;
        }

        var answer = http.Response;
        answer.StatusCode = status ?? found.Status;
        answer.ContentLength = found.ContentLength;
        answer.ContentType = found.ContentType;
        answer.Headers.ETag = found.ETag;
        answer.Headers.LastModified = found.LastModified.ToString("R", CultureInfo.InvariantCulture);
        foreach (var (name, value) in ((string, string?)[])
            [("Content-Range", found.ContentRange), ("Cache-Control", found.CacheControl), ("Content-Encoding", found.ContentEncoding),
             ("Content-Language", found.ContentLanguage), ("Content-Disposition", found.ContentDisposition), ("Expires", found.Expires)])
        {
            if (value is not null)
            {
                answer.Headers[name] = value;
            }
        }

        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await body.CopyToAsync(answer.Body, http.RequestAborted);
        }
    }

    private static void Follow(HttpContext http, WebsiteRoutingRule rule, string path)
    {
        var redirect = rule.Redirect;
        var host = redirect.HostName ?? http.Request.Host.Value;
        var status = redirect.HttpRedirectCode is { } code ? int.Parse(code, CultureInfo.InvariantCulture) : 301;
        Redirect(http, $"{redirect.Protocol ?? http.Request.Scheme}://{host}/{Encode(WebsiteRules.TargetOf(rule, path))}", status);
    }

    private static void Redirect(HttpContext http, string location, int status)
    {
        http.Response.StatusCode = status;
        http.Response.Headers.Location = location;
    }

    private static string Encode(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));

    private static async Task WritePageAsync(HttpContext http, ServiceException failure)
    {
        http.Response.StatusCode = failure.Status;
        foreach (var (name, value) in failure.Headers)
        {
            http.Response.Headers[name] = value;
        }

        if (failure.Status == 304)
        {
            return;
        }

        var code = failure is CommonException { Status: 403 } ? "AccessDenied" : failure.Code;
        var title = $"{failure.Status} {Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(failure.Status)}";
        var page = Encoding.UTF8.GetBytes(
            $"<html>\n<head><title>{title}</title></head>\n<body>\n<h1>{title}</h1>\n<ul>\n<li>Code: {WebUtility.HtmlEncode(code)}</li>\n"
            + $"<li>Message: {WebUtility.HtmlEncode(code == "AccessDenied" ? "Access Denied" : failure.Message)}</li>\n</ul>\n<hr/>\n</body>\n</html>\n");
        http.Response.ContentType = "text/html; charset=utf-8";
        http.Response.ContentLength = page.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.Body.WriteAsync(page, http.RequestAborted);
        }
    }

    private static string? BucketOf(string host)
    {
        var at = host.IndexOf(Mark, StringComparison.OrdinalIgnoreCase);
        return at > 0 && HostNames.IsPlatform(host) && at + Mark.Length < host.Length && host[at + Mark.Length] is '.' or '-' ? host[..at] : null;
    }
}
