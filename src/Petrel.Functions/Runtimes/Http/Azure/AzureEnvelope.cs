using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Routing;

namespace Petrel.Functions.Runtimes.Http.Azure;

/// <summary>What a custom handler is sent: <c>Data</c> under the trigger's name, and <c>Metadata</c>.</summary>
internal static class AzureEnvelope
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] OfEvent(AzureFunction function, Invocation invocation) => Write(
        json =>
        {
            json.WritePropertyName(function.Input);
            json.WriteRawValue(invocation.Payload.Span);
        },
        function,
        invocation.RequestId);

    public static byte[] OfRequest(AzureFunction function, HttpExchange exchange, RouteValueDictionary parameters, ReadOnlySpan<byte> body)
    {
        var text = body.ToArray();
        return Write(
            json =>
            {
                json.WriteStartObject(function.Input);
                WriteRequest(json, exchange, parameters);
                if (text.Length > 0)
                {
                    json.WriteString("Body"u8, Utf8.IsValid(text) ? Encoding.UTF8.GetString(text) : Convert.ToBase64String(text));
                }

                json.WriteEndObject();
            },
            function,
            requestId: null);
    }

    private static void WriteRequest(Utf8JsonWriter json, HttpExchange exchange, RouteValueDictionary parameters)
    {
        var request = exchange.Context.Request;
        json.WriteString("Url"u8, $"{request.Scheme}://{request.Host}{exchange.Target}");
        json.WriteString("Method"u8, request.Method);
        json.WriteStartObject("Query"u8);
        foreach (var (name, value) in request.Query)
        {
            json.WriteString(name, value.ToString());
        }

        json.WriteEndObject();
        json.WriteStartObject("Headers"u8);
        foreach (var (name, values) in request.Headers)
        {
            json.WriteStartArray(name);
            foreach (var value in values)
            {
                json.WriteStringValue(value);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteStartObject("Params"u8);
        foreach (var (name, value) in parameters)
        {
            json.WriteString(name, value?.ToString());
        }

        json.WriteEndObject();
    }

    private static byte[] Write(Action<Utf8JsonWriter> data, AzureFunction function, string? requestId)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartObject();
            json.WriteStartObject("Data"u8);
            data(json);
            json.WriteEndObject();
            json.WriteStartObject("Metadata"u8);
            if (requestId is not null)
            {
                json.WriteString("Id"u8, requestId);
            }

            json.WriteStartObject("sys"u8);
            json.WriteString("MethodName"u8, function.Name);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
