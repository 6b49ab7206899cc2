using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Petrel.Aws.Lambda;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Urls;

/// <summary>The answers that a function URL gives itself.</summary>
internal static class UrlErrors
{
    private const string Help =
        "For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html";

    /// <summary>Nobody has this URL.</summary>
    public static Task WriteUnknownAsync(HttpContext http) => WriteAsync(http, 403, "AccessDeniedException", """{"Message":null}"""u8.ToArray());

    public static Task WriteForbiddenAsync(HttpContext http) =>
        WriteAsync(http, 403, "AccessDeniedException", Encoding.UTF8.GetBytes($$"""{"Message":"Forbidden. {{Help}}"}"""));

    /// <summary>The function failed, or what it returned is no answer. Its log says more.</summary>
    public static Task WriteFunctionErrorAsync(HttpContext http) => WriteAsync(http, 502, null, "Internal Server Error"u8.ToArray());

    /// <summary>A program that serves HTTP gave no answer. Its log says more.</summary>
    /// <param name="errorType">Of the invocation's error.</param>
    public static Task WriteNoAnswerAsync(HttpContext http, string errorType) => errorType == "Sandbox.Timedout"
        ? WriteAsync(http, 504, errorType, """{"Message":"Gateway Timeout"}"""u8.ToArray())
        : WriteAsync(http, 502, errorType, """{"Message":"Internal Server Error"}"""u8.ToArray());

    /// <summary>What was asked is not there.</summary>
    public static Task WriteNotImplementedAsync(HttpContext http, string what) =>
        WriteAsync(http, 501, "NotImplemented", JsonSerializer.SerializeToUtf8Bytes(new { Message = what }));

    /// <summary>The request could not be read.</summary>
    public static Task WriteRefusedAsync(HttpContext http, int status) => WriteAsync(http, status, null, status == 413
        ? """{"Message":"Request Too Long"}"""u8.ToArray()
        : """{"Message":"Bad Request"}"""u8.ToArray());

    /// <summary>The invocation was refused: too large, throttled, not ready.</summary>
    public static Task WriteAsync(HttpContext http, ServiceException refusal)
    {
        foreach (var (name, value) in refusal.Headers)
        {
            http.Response.Headers[name] = value;
        }

        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            foreach (var (name, value) in refusal.Members)
            {
                json.WriteString(name, value?.ToString());
            }

            json.WriteString("message", refusal.Message);
            json.WriteEndObject();
        }

        return WriteAsync(http, refusal.Status, refusal.Code, body.WrittenMemory);
    }

    /// <summary>The alias of the URL is gone: nobody is allowed to know more.</summary>
    public static Task WriteUnresolvedAsync(HttpContext http, LambdaException problem) =>
        problem is ResourceNotFoundException ? WriteForbiddenAsync(http) : WriteAsync(http, problem);

    private static async Task WriteAsync(HttpContext http, int status, string? errorType, ReadOnlyMemory<byte> body)
    {
        var response = http.Response;
        response.StatusCode = status;
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        if (errorType is not null)
        {
            response.Headers["x-amzn-ErrorType"] = errorType;
        }

        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await response.BodyWriter.WriteAsync(body, http.RequestAborted);
        }
    }
}
