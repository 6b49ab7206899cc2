using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using System.Xml.Linq;
using Petrel.Objects;
using Petrel.Wire.Rest;

namespace Petrel.Client;

/// <summary>An object as a listing shows it, or a common prefix, which has no size.</summary>
internal sealed record RemoteObject(string Key, long? Size, DateTimeOffset Modified, string ETag);

/// <summary>Buckets and objects of the daemon.</summary>
internal sealed class ObjectClient(ApiClient api, TimeProvider time)
{
    private const string Service = "s3";
    private const string ContentHash = "x-amz-content-sha256";
    private const string Unsigned = "UNSIGNED-PAYLOAD";

    public async Task<IReadOnlyList<(string Name, DateTimeOffset Created)>> ListBucketsAsync(CancellationToken cancellationToken)
    {
        var answer = await XmlAsync(HttpMethod.Get, "/", cancellationToken);
        return [.. Named(answer, "Bucket").Select(b => (Value(b, "Name"), Time(b, "CreationDate")))];
    }

    public async Task CreateBucketAsync(string name, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Put, $"/{name}", null, cancellationToken);
    }

    /// <param name="folded">Keys with a slash behind the prefix are shown as their folder.</param>
    public async IAsyncEnumerable<RemoteObject> ListAsync(
        S3Address below, bool folded, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var token = "";
        do
        {
            var query = $"?list-type=2&encoding-type=url&prefix={Encode(below.Key)}{(folded ? "&delimiter=%2F" : "")}{token}";
            var page = await XmlAsync(HttpMethod.Get, $"/{below.Bucket}{query}", cancellationToken);
            foreach (var prefix in Named(page, "CommonPrefixes"))
            {
                yield return new RemoteObject(Decode(Value(prefix, "Prefix")), null, default, "");
            }

            foreach (var item in Named(page, "Contents"))
            {
                yield return new RemoteObject(
                    Decode(Value(item, "Key")), long.Parse(Value(item, "Size"), CultureInfo.InvariantCulture), Time(item, "LastModified"), Value(item, "ETag"));
            }

            var next = Named(page, "NextContinuationToken").FirstOrDefault()?.Value;
            token = next is null ? "" : $"&continuation-token={Encode(next)}";
        }
        while (token.Length > 0);
    }

    /// <returns>Null when there is no such object.</returns>
    public async Task<(long Size, string ETag)?> HeadAsync(S3Address address, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await SendAsync(HttpMethod.Head, PathOf(address), null, cancellationToken);
            return (answer.Content.Headers.ContentLength ?? 0, answer.Headers.ETag?.ToString() ?? "");
        }
        catch (ApiException missing) when (missing.IsNotFound)
        {
            return null;
        }
    }

    public async Task PutAsync(S3Address address, Stream content, string contentType, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(
            HttpMethod.Put,
            PathOf(address),
            request =>
            {
                request.Content = new StreamContent(content, 262_144);
                request.Content.Headers.ContentLength = content.Length;
                request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
            },
            cancellationToken);
    }

    public async Task CopyAsync(S3Address from, S3Address to, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(
            HttpMethod.Put, PathOf(to), request => request.Headers.TryAddWithoutValidation("x-amz-copy-source", PathOf(from)), cancellationToken);
    }

    /// <summary>The bytes from an offset on; the object must still be the one that was seen.</summary>
    public async Task<Stream> OpenAsync(S3Address address, long offset, string etag, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(
            HttpMethod.Get,
            PathOf(address),
            request =>
            {
                request.Headers.TryAddWithoutValidation("If-Match", etag);
                if (offset > 0)
                {
                    request.Headers.TryAddWithoutValidation("Range", $"bytes={offset}-");
                }
            },
            cancellationToken);
        return await answer.Content.ReadAsStreamAsync(cancellationToken);
    }

    public async Task DeleteAsync(string bucket, IEnumerable<string> keys, CancellationToken cancellationToken)
    {
        var body = new XElement("Delete", new XElement("Quiet", "true"), keys.Select(key => new XElement("Object", new XElement("Key", key))));
        var answer = await PostXmlAsync($"/{bucket}?delete", body, cancellationToken);
        if (Named(answer, "Error").FirstOrDefault() is { } error)
        {
            throw new CliException($"{Value(error, "Key")} could not be deleted: {Value(error, "Message")}");
        }
    }

    /// <summary>An upload of the key that was begun and not completed, the newest; null when there is none.</summary>
    public async Task<string?> FindUploadAsync(S3Address address, CancellationToken cancellationToken)
    {
        var answer = await XmlAsync(HttpMethod.Get, $"/{address.Bucket}?uploads&encoding-type=url&prefix={Encode(address.Key)}", cancellationToken);
        return Named(answer, "Upload").Where(u => Decode(Value(u, "Key")) == address.Key).OrderBy(u => Value(u, "Initiated"), StringComparer.Ordinal)
            .LastOrDefault() is { } upload ? Value(upload, "UploadId") : null;
    }

    public async Task<string> BeginUploadAsync(S3Address address, string contentType, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(
            HttpMethod.Post,
            PathOf(address) + "?uploads",
            request =>
            {
                request.Content = new ByteArrayContent([]);
                request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
            },
            cancellationToken);
        return Value(await ReadAsync(answer, cancellationToken), "UploadId");
    }

    /// <summary>The parts that are there: numbers, and their entity tags without quotes.</summary>
    public async Task<Dictionary<int, string>> ListPartsAsync(S3Address address, string uploadId, CancellationToken cancellationToken)
    {
        var parts = new Dictionary<int, string>();
        var marker = "";
        do
        {
            var page = await XmlAsync(HttpMethod.Get, $"{PathOf(address)}?uploadId={uploadId}{marker}", cancellationToken);
            foreach (var part in Named(page, "Part"))
            {
                parts[int.Parse(Value(part, "PartNumber"), CultureInfo.InvariantCulture)] = Value(part, "ETag").Trim('"');
            }

            marker = Value(page, "IsTruncated") == "true" ? $"&part-number-marker={Value(page, "NextPartNumberMarker")}" : "";
        }
        while (marker.Length > 0);

        return parts;
    }

    public async Task SendPartAsync(S3Address address, string uploadId, int number, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(
            HttpMethod.Put,
            string.Create(CultureInfo.InvariantCulture, $"{PathOf(address)}?partNumber={number}&uploadId={uploadId}"),
            request => request.Content = new ReadOnlyMemoryContent(bytes),
            cancellationToken);
    }

    public Task CompleteUploadAsync(S3Address address, string uploadId, IEnumerable<KeyValuePair<int, string>> parts, CancellationToken cancellationToken)
    {
        var body = new XElement(
            "CompleteMultipartUpload",
            parts.OrderBy(p => p.Key).Select(p => new XElement("Part", new XElement("PartNumber", p.Key), new XElement("ETag", p.Value))));
        return PostXmlAsync($"{PathOf(address)}?uploadId={uploadId}", body, cancellationToken);
    }

    public Uri Presign(S3Address address, string method, TimeSpan validity) =>
        RequestSigning.Presign(new HttpRequestMessage(new HttpMethod(method), AddressOf(PathOf(address))), api.Connection, Service, validity, time.GetUtcNow());

    private async Task<XElement> XmlAsync(HttpMethod method, string path, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(method, path, null, cancellationToken);
        return await ReadAsync(answer, cancellationToken);
    }

    private async Task<XElement> PostXmlAsync(string path, XElement body, CancellationToken cancellationToken)
    {
        var bytes = Encoding.UTF8.GetBytes(body.ToString(SaveOptions.DisableFormatting));
        using var answer = await SendAsync(HttpMethod.Post, path, request => request.Content = new ByteArrayContent(bytes), cancellationToken);
        return await ReadAsync(answer, cancellationToken);
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, Action<HttpRequestMessage>? change, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, AddressOf(path));
        request.Headers.Add(ContentHash, Unsigned);
        change?.Invoke(request);
        return await api.SendAsync(request, Service, [], cancellationToken);
    }

    /// <summary>Keys may hold dots and slashes that a URL would lose.</summary>
    private Uri AddressOf(string path) => new(
        api.Connection.Endpoint.GetLeftPart(UriPartial.Authority) + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

    private static async Task<XElement> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken) =>
        XDocument.Parse(await answer.Content.ReadAsStringAsync(cancellationToken)).Root!;

    private static string PathOf(S3Address address)
    {
        var path = new StringBuilder("/").Append(address.Bucket).Append('/');
        PercentEncoding.Encode(path, address.Key, keepSlash: true);
        return path.ToString();
    }

    private static string Encode(string text)
    {
        var encoded = new StringBuilder();
        PercentEncoding.Encode(encoded, text);
        return encoded.ToString();
    }

    private static string Decode(string text) => PercentEncoding.Decode(text, plusIsSpace: false);

    private static IEnumerable<XElement> Named(XElement within, string name) => within.Descendants().Where(e => e.Name.LocalName == name);

    private static string Value(XElement of, string name) => of.Elements().FirstOrDefault(e => e.Name.LocalName == name)?.Value ?? "";

    private static DateTimeOffset Time(XElement of, string name) =>
        DateTimeOffset.Parse(Value(of, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
