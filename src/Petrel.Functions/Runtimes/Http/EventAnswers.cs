using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.WebUtilities;

namespace Petrel.Functions.Runtimes.Http;

/// <summary>What an HTTP answer to an event is as the result of an invocation, which is always JSON.</summary>
internal static class EventAnswers
{
    /// <summary>Of an error's body so much is told.</summary>
    private const int MaxErrorBytes = 64 << 10;

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>JSON as it is, other text as a JSON string, bytes as one in base64, nothing as null. From status 400 on it is an error.</summary>
    public static RuntimeOutcome ToOutcome(WorkerAnswer answer) => answer switch
    {
        { TooLarge: true } => new RuntimeOutcome(RuntimeOutcomeKind.TooLarge, SizeBytes: answer.SizeBytes),
        { Status: >= 400 } => new RuntimeOutcome(RuntimeOutcomeKind.Error, Error(answer)),
        _ => new RuntimeOutcome(RuntimeOutcomeKind.Response, ToJson(answer.Body), SizeBytes: answer.SizeBytes),
    };

    public static ReadOnlyMemory<byte> ToJson(ReadOnlyMemory<byte> body) =>
        body.IsEmpty ? "null"u8.ToArray() : IsJson(body.Span) ? body : Write(json => WriteBody(json, body.Span));

    private static byte[] Error(WorkerAnswer answer) => Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("errorType"u8, string.Create(CultureInfo.InvariantCulture, $"Http.{answer.Status}"));
        json.WriteString("errorMessage"u8, $"The program answered {answer.Status} {ReasonPhrases.GetReasonPhrase(answer.Status)}".TrimEnd());
        json.WriteNumber("statusCode"u8, answer.Status);
        var body = answer.Body.Length > MaxErrorBytes ? answer.Body[..MaxErrorBytes] : answer.Body;
        json.WritePropertyName("body"u8);
        if (!body.IsEmpty && IsJson(body.Span))
        {
            json.WriteRawValue(body.Span);
        }
        else
        {
            WriteBody(json, body.Span);
        }

        json.WriteEndObject();
    });

    private static void WriteBody(Utf8JsonWriter json, ReadOnlySpan<byte> body)
    {
        if (Utf8.IsValid(body))
        {
            json.WriteStringValue(body);
        }
        else
        {
            json.WriteStringValue(Convert.ToBase64String(body));
        }
    }

    private static bool IsJson(ReadOnlySpan<byte> text)
    {
        try
        {
            var json = new Utf8JsonReader(text);
            json.Read();
            json.Skip();
            return !json.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static byte[] Write(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            write(json);
        }

        return buffer.ToArray();
    }
}
