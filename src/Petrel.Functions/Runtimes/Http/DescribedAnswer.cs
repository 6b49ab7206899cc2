using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Petrel.Functions.Runtimes.Http;

/// <summary>An HTTP answer that a function describes in JSON: status, headers, body.</summary>
internal readonly record struct DescribedAnswer(int Status, IReadOnlyList<KeyValuePair<string, string>> Headers, ReadOnlyMemory<byte> Body)
{
    private const string Json = "application/json; charset=utf-8";
    private const string Text = "text/plain; charset=utf-8";

    /// <summary>An object with a status, headers or a body; anything else is itself the body.</summary>
    /// <param name="base64">Whether a text body with a content type that is no text is in base64, rather than text.</param>
    /// <exception cref="FormatException">It describes no answer.</exception>
    public static DescribedAnswer Read(JsonElement value, bool base64)
    {
        if (value.ValueKind != JsonValueKind.Object
            || !(value.TryGetProperty("statusCode", out _) || value.TryGetProperty("status", out _) || value.TryGetProperty("body", out _) || value.TryGetProperty("headers", out _)))
        {
            return Of(StatusCodes.Status200OK, [], value, base64);
        }

        var headers = new List<KeyValuePair<string, string>>();
        if (value.TryGetProperty("headers", out var given) && given.ValueKind == JsonValueKind.Object)
        {
            foreach (var header in given.EnumerateObject())
            {
                AddHeader(headers, header);
            }
        }

        return Of(StatusOf(value), headers, value.TryGetProperty("body", out var body) ? body : default, base64);
    }

    /// <summary>Writes it, whole, with the exchange's own changes.</summary>
    public async ValueTask WriteAsync(HttpExchange exchange, CancellationToken cancellationToken)
    {
        var response = exchange.Context.Response;
        response.StatusCode = Status;
        foreach (var (name, value) in Headers)
        {
            response.Headers.Append(name, value);
        }

        exchange.Answering?.Invoke(exchange.Context);
        if (Status is StatusCodes.Status204NoContent or StatusCodes.Status205ResetContent or StatusCodes.Status304NotModified)
        {
            return;
        }

        response.ContentLength = Body.Length;
        if (!HttpMethods.IsHead(exchange.Context.Request.Method))
        {
            await response.BodyWriter.WriteAsync(Body, cancellationToken);
        }
    }

    private static int StatusOf(JsonElement value)
    {
        if (!value.TryGetProperty("statusCode", out var given) && !value.TryGetProperty("status", out given))
        {
            return StatusCodes.Status200OK;
        }

        var text = given.ValueKind is JsonValueKind.String ? given.GetString() : given.GetRawText();
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 200 and <= 599
            ? status
            : throw new FormatException($"{text} is no HTTP status");
    }

    private static void AddHeader(List<KeyValuePair<string, string>> headers, JsonProperty header)
    {
        var values = header.Value.ValueKind == JsonValueKind.Array ? header.Value.EnumerateArray().ToArray() : [header.Value];
        foreach (var value in values)
        {
            var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
            if (!AnswerHead.IsHeader(header.Name, text))
            {
                throw new FormatException($"{header.Name} is no HTTP header with this value");
            }

            if (!AnswerHead.HopByHop.Contains(header.Name) && !header.Name.Equals(HeaderNames.ContentLength, StringComparison.OrdinalIgnoreCase))
            {
                headers.Add(KeyValuePair.Create(header.Name, text));
            }
        }
    }

    private static DescribedAnswer Of(int status, List<KeyValuePair<string, string>> headers, JsonElement body, bool base64)
    {
        var type = headers.Find(h => h.Key.Equals(HeaderNames.ContentType, StringComparison.OrdinalIgnoreCase)).Value;
        var bytes = body.ValueKind switch
        {
            JsonValueKind.Undefined or JsonValueKind.Null => [],
            JsonValueKind.String when base64 && type is not null && !IsText(type) && body.TryGetBytesFromBase64(out var decoded) => decoded,
            JsonValueKind.String => Encoding.UTF8.GetBytes(body.GetString()!),
            _ => Encoding.UTF8.GetBytes(body.GetRawText()),
        };
        if (type is null && bytes.Length > 0)
        {
            headers.Add(KeyValuePair.Create(HeaderNames.ContentType, body.ValueKind == JsonValueKind.String ? Text : Json));
        }

        return new DescribedAnswer(status, headers, bytes);
    }

    private static bool IsText(string type) =>
        type.StartsWith("text/", StringComparison.OrdinalIgnoreCase) || type.Contains("json", StringComparison.OrdinalIgnoreCase)
        || type.Contains("xml", StringComparison.OrdinalIgnoreCase) || type.Contains("javascript", StringComparison.OrdinalIgnoreCase)
        || type.Contains("x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase);
}
