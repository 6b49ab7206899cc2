using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace Petrel.Functions.Runtimes.Http.OpenWhisk;

/// <summary>The arguments of a web action: what the query and a form or JSON body give, and the request itself under names with <c>__ow_</c>.</summary>
internal static class WebArguments
{
    private const string Reserved = "__ow_";

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>False when the client gives an argument that only the platform may give.</summary>
    public static bool TryWrite(HttpExchange exchange, ReadOnlyMemory<byte> body, bool raw, out byte[] arguments)
    {
        using var buffer = new MemoryStream();
        using var json = new Utf8JsonWriter(buffer, Plain);
        json.WriteStartObject();
        var allowed = raw ? WriteRaw(json, exchange, body) : TryWriteGiven(json, exchange, body);
        WriteRequest(json, exchange);
        json.WriteEndObject();
        json.Flush();
        arguments = buffer.ToArray();
        return allowed;
    }

    private static bool WriteRaw(Utf8JsonWriter json, HttpExchange exchange, ReadOnlyMemory<byte> body)
    {
        json.WriteString("__ow_query"u8, exchange.Context.Request.QueryString.Value?.TrimStart('?') ?? "");
        WriteBody(json, body.Span);
        return true;
    }

    // A name in the body wins over the same name in the query.
    private static bool TryWriteGiven(Utf8JsonWriter json, HttpExchange exchange, ReadOnlyMemory<byte> body)
    {
        var request = exchange.Context.Request;
        var given = new Dictionary<string, Action<Utf8JsonWriter>>(StringComparer.Ordinal);
        Add(given, request.Query);
        if (request.HasFormContentType && request.ContentType!.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
        {
            Add(given, QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body.Span)));
        }
        else if (!body.IsEmpty && !TryAddJson(given, request, body))
        {
            WriteBody(json, body.Span);
        }

        foreach (var (name, write) in given)
        {
            json.WritePropertyName(name);
            write(json);
        }

        return !given.Keys.Any(name => name.StartsWith(Reserved, StringComparison.Ordinal));
    }

    private static void Add(Dictionary<string, Action<Utf8JsonWriter>> given, IEnumerable<KeyValuePair<string, StringValues>> values)
    {
        foreach (var (name, value) in values)
        {
            given[name] = json => json.WriteStringValue(value.ToString());
        }
    }

    private static bool TryAddJson(Dictionary<string, Action<Utf8JsonWriter>> given, HttpRequest request, ReadOnlyMemory<byte> body)
    {
        if (!request.HasJsonContentType())
        {
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return false;
            }

            foreach (var member in document.RootElement.EnumerateObject())
            {
                var text = member.Value.GetRawText();
                given[member.Name] = json => json.WriteRawValue(text);
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static void WriteBody(Utf8JsonWriter json, ReadOnlySpan<byte> body) =>
        json.WriteString("__ow_body"u8, Utf8.IsValid(body) ? Encoding.UTF8.GetString(body) : Convert.ToBase64String(body));

    private static void WriteRequest(Utf8JsonWriter json, HttpExchange exchange)
    {
        var end = exchange.Target.IndexOf('?', StringComparison.Ordinal);
        json.WriteString("__ow_method"u8, exchange.Context.Request.Method.ToLowerInvariant());
        json.WriteString("__ow_path"u8, Uri.UnescapeDataString(end < 0 ? exchange.Target : exchange.Target[..end]));
        json.WriteStartObject("__ow_headers"u8);
        foreach (var (name, value) in exchange.Context.Request.Headers)
        {
            json.WriteString(name.ToLowerInvariant(), value.ToString());
        }

        json.WriteEndObject();
    }
}
