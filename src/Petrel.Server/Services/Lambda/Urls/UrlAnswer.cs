using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Petrel.Server.Services.Lambda.Invocation;

namespace Petrel.Server.Services.Lambda.Urls;

/// <summary>
/// Reads what a function returned and writes it as an HTTP answer. An object with <c>statusCode</c> describes the answer; anything else
/// is itself the body of a 200 with JSON, compact, a text without its quotes.
/// </summary>
internal static class UrlAnswer
{
    /// <summary>Stands between the metadata and the body of a collected stream.</summary>
    private static ReadOnlySpan<byte> EndOfPrelude => [0, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>Sets status and headers and fills <paramref name="body"/>; false, with nothing set, when it is no answer (a 502).</summary>
    public static bool TryPrepare(HttpResponse response, ReadOnlySpan<byte> payload, PooledBuffer body)
    {
        try
        {
            if (TryRead(payload, out var shape) && TryCopyBody(payload, shape, body))
            {
                return TrySetHead(response, payload, shape) && EndHead(response, body);
            }
        }
        catch (JsonException)
        {
            // The function, or its runtime, returned no JSON.
        }

        return false;
    }

    /// <summary>
    /// The same for a handler that streams although the URL does not: its collected answer is not JSON, and may begin with its metadata.
    /// </summary>
    public static bool TryPrepareCollected(HttpResponse response, ReadOnlySpan<byte> payload, string contentType, PooledBuffer body)
    {
        body.Clear();
        var at = payload.IndexOf(EndOfPrelude);
        if (at > 0 && TryApplyPrelude(response, payload[..at]))
        {
            body.Write(payload[(at + EndOfPrelude.Length)..]);
            return EndHead(response, body);
        }

        if (contentType == "application/json")
        {
            return false;
        }

        response.ContentType = contentType;
        body.Write(payload);
        return EndHead(response, body);
    }

    /// <summary>Applies the metadata of a streamed answer (status, headers, cookies), which comes before its first byte.</summary>
    public static bool TryApplyPrelude(HttpResponse response, ReadOnlySpan<byte> metadata)
    {
        try
        {
            return TryReadDescription(metadata, out var shape) && IsStatus(shape) && TrySetHead(response, metadata, shape);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool TryRead(ReadOnlySpan<byte> payload, out UrlAnswerShape shape)
    {
        shape = new UrlAnswerShape { Body = new Range(0, payload.Length) };
        if (payload.IsEmpty)
        {
            return true;
        }

        var json = new Utf8JsonReader(payload);
        json.Read();
        if (json.TokenType == JsonTokenType.StartObject)
        {
            if (!TryReadDescription(payload, out var described))
            {
                return false;
            }

            shape = described.Status != 0 ? described : shape with { BodyKind = UrlBodyKind.Json };
            return IsStatus(shape);
        }

        shape.BodyKind = json.TokenType == JsonTokenType.String ? UrlBodyKind.Text : UrlBodyKind.Json;
        json.Skip();
        return !json.Read();
    }

    private static bool TryReadDescription(ReadOnlySpan<byte> payload, out UrlAnswerShape shape)
    {
        shape = default;
        var json = new Utf8JsonReader(payload);
        return json.Read() && json.TokenType == JsonTokenType.StartObject && shape.TryRead(ref json) && !json.Read();
    }

    private static bool IsStatus(in UrlAnswerShape shape) => shape.Status is 0 or (>= 200 and <= 599);

    private static bool TryCopyBody(ReadOnlySpan<byte> payload, in UrlAnswerShape shape, PooledBuffer body)
    {
        var value = payload[shape.Body];
        switch (shape.BodyKind)
        {
            case UrlBodyKind.None:
                return true;
            case UrlBodyKind.Text:
                return TryCopyText(value, shape.Base64, body);
            default:
                CopyCompact(value, body);
                return true;
        }
    }

    private static bool TryCopyText(ReadOnlySpan<byte> value, bool base64, PooledBuffer body)
    {
        var json = new Utf8JsonReader(value);
        json.Read();
        if (!base64)
        {
            body.Advance(json.CopyString(body.GetSpan(value.Length)));
            return true;
        }

        using var text = new PooledBuffer(value.Length);
        text.Advance(json.CopyString(text.GetSpan(value.Length)));
        if (Base64.DecodeFromUtf8(text.Span, body.GetSpan(text.Length), out _, out var length) != OperationStatus.Done)
        {
            return false;
        }

        body.Advance(length);
        return true;
    }

    /// <summary>Copies JSON without the blanks between its tokens.</summary>
    private static void CopyCompact(ReadOnlySpan<byte> json, PooledBuffer body)
    {
        var target = body.GetSpan(json.Length);
        var length = 0;
        var inText = false;
        for (var i = 0; i < json.Length; i++)
        {
            var b = json[i];
            if (!inText && b is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
            {
                continue;
            }

            target[length++] = b;
            if (b == '"')
            {
                inText = !inText;
            }
            else if (b == '\\' && ++i < json.Length)
            {
                target[length++] = json[i];
            }
        }

        body.Advance(length);
    }

    private static bool TrySetHead(HttpResponse response, ReadOnlySpan<byte> payload, in UrlAnswerShape shape)
    {
        if (!UrlAnswerHeaders.TryWrite(response.Headers, payload[shape.Headers], payload[shape.Cookies]))
        {
            return false;
        }

        response.StatusCode = shape.Status == 0 ? StatusCodes.Status200OK : shape.Status;
        response.ContentType ??= "application/json";
        return true;
    }

    private static bool EndHead(HttpResponse response, PooledBuffer body)
    {
        if (response.StatusCode is StatusCodes.Status204NoContent or StatusCodes.Status205ResetContent or StatusCodes.Status304NotModified)
        {
            response.Headers.ContentType = default;
            body.Clear();
        }
        else
        {
            response.ContentLength = body.Length;
        }

        return true;
    }
}
