using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Petrel.Aws.S3;

namespace Petrel.Server.Services.S3.Forms;

/// <summary>A form as a browser sends it: fields, then the file, which stays a stream. What follows the file is not read.</summary>
internal sealed class PostForm
{
    private const int MaxFieldsBytes = 20_480;
    private const int MaxFields = 200;

    private PostForm(Dictionary<string, string> fields, Stream file) => (Fields, File) = (fields, file);

    /// <summary>By name in lower case.</summary>
    public Dictionary<string, string> Fields { get; }

    public Stream File { get; }

    public static bool IsForm(HttpRequest request) => HttpMethods.IsPost(request.Method)
        && request.ContentType?.StartsWith("multipart/form-data", StringComparison.OrdinalIgnoreCase) == true;

    /// <exception cref="S3Exception">MalformedPOSTRequest, MaxPostPreDataLengthExceededError, InvalidArgument for a form without a file.</exception>
    public static async Task<PostForm> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var boundary = MediaTypeHeaderValue.TryParse(request.ContentType, out var type) ? HeaderUtilities.RemoveQuotes(type.Boundary).Value : null;
        if (string.IsNullOrEmpty(boundary) || boundary.Length > 200)
        {
            throw Malformed();
        }

        var reader = new MultipartReader(boundary, request.Body);
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var left = MaxFieldsBytes;
        try
        {
            while (await reader.ReadNextSectionAsync(cancellationToken) is { } section)
            {
                if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition))
                {
                    throw Malformed();
                }

                var name = (HeaderUtilities.RemoveQuotes(disposition.Name).Value ?? "").ToLowerInvariant();
                if (name == "file")
                {
                    var fileName = HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).Value ?? "";
                    ApplyFileName(fields, fileName);
                    return new PostForm(fields, section.Body);
                }

                var value = await ReadFieldAsync(section.Body, left, cancellationToken);
                left -= value.Length;
                fields[name] = System.Text.Encoding.UTF8.GetString(value);
                if (fields.Count > MaxFields)
                {
                    throw TooLong();
                }
            }
        }
        catch (Exception malformed) when (malformed is InvalidDataException or IOException && !cancellationToken.IsCancellationRequested)
        {
            throw Malformed();
        }

        throw S3Exception.InvalidArgument("POST requires exactly one file upload per request.", "file", "0");
    }

    private static void ApplyFileName(Dictionary<string, string> fields, string fileName)
    {
        // Browsers of old send the whole path.
        var plain = fileName[(fileName.LastIndexOfAny(['/', '\\']) + 1)..];
        if (fields.TryGetValue("key", out var key))
        {
            fields["key"] = key.Replace("${filename}", plain, StringComparison.Ordinal);
        }
    }

    private static async Task<byte[]> ReadFieldAsync(Stream body, int left, CancellationToken cancellationToken)
    {
        var buffer = new byte[left + 1];
        var read = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return read > left ? throw TooLong() : buffer[..read];
    }

    private static S3Exception Malformed() =>
        S3Exception.Of("MalformedPOSTRequest", "The body of your POST request is not well-formed multipart/form-data.", 400);

    private static S3Exception TooLong() => S3Exception.Of(
        "MaxPostPreDataLengthExceeded", "Your POST request fields preceding the upload file were too large.", 400);
}
