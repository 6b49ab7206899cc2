using System.Buffers;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Petrel.Aws.S3;
using Petrel.Server.Edge;
using Petrel.Server.Services.S3.Api;
using Petrel.Server.Services.S3.Model;
using Petrel.Wire;
using Petrel.Wire.Signing;

namespace Petrel.Server.Services.S3.Forms;

/// <summary>Uploads by browsers' forms: <c>POST /bucket</c>, or the bucket's host, with a policy that its signer made.</summary>
internal sealed class FormRoute(RequestAuthenticator authenticator, S3Service s3, S3Access access, CorsAnswer cors, TimeProvider time) : IEdgeRoute
{
    public int Order => 1_000;

    public string Name => "s3.form";

    public Protocol Protocol => Protocol.RestXml;

    public bool Matches(HttpContext http) => PostForm.IsForm(http.Request)
        && http.Request.Headers.Authorization.Count == 0
        && !http.Request.Headers.ContainsKey("X-Amz-Target")
        && BucketOf(http) is not null;

    public async Task HandleAsync(HttpContext http, CallContext call)
    {
        var bucketName = BucketOf(http)!;
        await cors.AnswerAsync(http, $"/{bucketName}");
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = IS3.MaxBodyBytes;
        }

        var form = await PostForm.ReadAsync(http.Request, http.RequestAborted);
        var fields = form.Fields;
        fields["bucket"] = bucketName;
        var (signer, policy) = await VerifyAsync(http, fields, call);
        var key = fields.GetValueOrDefault("key") is { Length: > 0 } given
            ? given
            : throw S3Exception.InvalidArgument("Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.", "key", null);
        var bucket = await s3.FindBucketAsync(bucketName, signer);
        await access.AuthorizeAsync(new ObjectAccess(bucket, "s3:PutObject", key), signer);
        var body = new BoundedStream(form.File, policy?.MinBytes ?? 0, policy?.MaxBytes ?? IS3.MaxObjectBytes);
        var put = await s3.StoreAsync(RequestOf(bucketName, key, fields, body), EventNames.Post, signer);
        Answer(http, bucketName, key, fields, put);
    }

    private async ValueTask<(CallContext Signer, FormPolicy? Policy)> VerifyAsync(HttpContext http, Dictionary<string, string> fields, CallContext call)
    {
        if (!fields.TryGetValue("policy", out var encoded))
        {
            return (call with { Caller = Principal.Anonymous }, null);
        }

        var exchange = new EdgeExchange(http, call.RequestId);
        var token = fields.GetValueOrDefault("x-amz-security-token");
        SigningCredential credential;
        var region = LegacySignature.AnyRegion;
        if (fields.TryGetValue("x-amz-credential", out var scopeText))
        {
            if (!CredentialScope.TryParse(scopeText, out var scope) || fields.GetValueOrDefault("x-amz-algorithm") != "AWS4-HMAC-SHA256")
            {
                throw SignatureErrors.For(SignatureProblem.Incomplete, Protocol.RestXml);
            }

            credential = await authenticator.FindAsync(scope.AccessKeyId, token, exchange, Protocol.RestXml);
            Require(PolicySignature.Verify(encoded, scope, credential.Secret, fields.GetValueOrDefault("x-amz-signature", "")));
            region = scope.Region;
        }
        else
        {
            credential = await authenticator.FindAsync(fields.GetValueOrDefault("awsaccesskeyid", ""), token, exchange, Protocol.RestXml);
            Require(PolicySignature.VerifyV2(encoded, credential.Secret, fields.GetValueOrDefault("signature", "")));
        }

        var policy = FormPolicy.Parse(encoded, time.GetUtcNow());
        policy.Check(fields);
        return (call with { Account = credential.Principal.Account, Caller = credential.Principal, Region = region }, policy);
    }

    private static void Require(bool isVerified)
    {
        if (!isVerified)
        {
            throw SignatureErrors.For(SignatureProblem.Mismatch, Protocol.RestXml);
        }
    }

    private static PutObjectRequest RequestOf(string bucket, string key, Dictionary<string, string> fields, Stream body) => new(
        bucket,
        key,
        body,
        ContentMD5: fields.GetValueOrDefault("content-md5"),
        ContentType: fields.GetValueOrDefault("content-type"),
        CacheControl: fields.GetValueOrDefault("cache-control"),
        ContentDisposition: fields.GetValueOrDefault("content-disposition"),
        ContentEncoding: fields.GetValueOrDefault("content-encoding"),
        Expires: fields.GetValueOrDefault("expires"),
        Metadata: Behind(fields, "x-amz-meta-"),
        Checksums: Behind(fields, "x-amz-checksum-"),
        Tagging: TaggingOf(fields.GetValueOrDefault("tagging")),
        ACL: fields.GetValueOrDefault("acl"),
        ServerSideEncryption: fields.GetValueOrDefault("x-amz-server-side-encryption"),
        EncryptionOptions: Behind(fields, "x-amz-server-side-encryption-"),
        StorageClass: fields.GetValueOrDefault("x-amz-storage-class"),
        WebsiteRedirectLocation: fields.GetValueOrDefault("x-amz-website-redirect-location"));

    private static Dictionary<string, string>? Behind(Dictionary<string, string> fields, string prefix)
    {
        var found = fields.Where(f => f.Key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)).ToDictionary(f => f.Key[prefix.Length..], f => f.Value);
        return found.Count == 0 ? null : found;
    }

    /// <summary>A form's tags come as the element that PutObjectTagging takes.</summary>
    private static string? TaggingOf(string? element) => element is null ? null : throw CommonException.NotImplemented("s3", "the form's field tagging");

    private static void Answer(HttpContext http, string bucket, string key, Dictionary<string, string> fields, PutObjectOutput put)
    {
        var answer = http.Response;
        var location = $"{http.Request.Scheme}://{http.Request.Host}/{bucket}/{Uri.EscapeDataString(key).Replace("%2F", "/", StringComparison.Ordinal)}";
        answer.Headers.ETag = put.ETag;
        answer.Headers.Location = location;
        var redirect = fields.GetValueOrDefault("success_action_redirect") ?? fields.GetValueOrDefault("redirect");
        if (redirect is not null && Uri.TryCreate(redirect, UriKind.Absolute, out var to) && to.Scheme is "http" or "https")
        {
            var separator = string.IsNullOrEmpty(to.Query) ? '?' : '&';
            answer.StatusCode = StatusCodes.Status303SeeOther;
            answer.Headers.Location =
                $"{to.AbsoluteUri}{separator}bucket={bucket}&key={Uri.EscapeDataString(key)}&etag={Uri.EscapeDataString(put.ETag)}";
            return;
        }

        answer.StatusCode = int.TryParse(fields.GetValueOrDefault("success_action_status"), CultureInfo.InvariantCulture, out var status) && status is 200 or 201
            ? status
            : StatusCodes.Status204NoContent;
        if (answer.StatusCode == StatusCodes.Status201Created)
        {
            answer.ContentType = "application/xml";
            var element = new System.Xml.Linq.XElement(
                "PostResponse",
                new System.Xml.Linq.XElement("Location", location),
                new System.Xml.Linq.XElement("Bucket", bucket),
                new System.Xml.Linq.XElement("Key", key),
                new System.Xml.Linq.XElement("ETag", put.ETag));
            var text = System.Text.Encoding.UTF8.GetBytes("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + element.ToString(System.Xml.Linq.SaveOptions.DisableFormatting));
            answer.BodyWriter.Write(text);
        }
    }

    /// <summary>By host, or the path's only segment; paths of the platform's own begin with an underscore.</summary>
    private static string? BucketOf(HttpContext http)
    {
        if (BucketHosts.Find(http.Request.Host.Host, isForObjects: false) is { } hosted)
        {
            return http.Request.Path.Value is "/" or "" ? hosted : null;
        }

        var name = http.Request.Path.Value?.Trim('/') ?? "";
        return BucketNames.IsValid(name) && !http.Request.Path.StartsWithSegments("/_", StringComparison.Ordinal) ? name : null;
    }
}
