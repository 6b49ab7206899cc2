using System.Text.Json;

namespace Petrel.Wasm;

/// <summary>The function failed, at its start or in an invocation: the body is what its caller is told.</summary>
internal sealed class FunctionException(string type, string message, IReadOnlyList<string>? trace = null) : Exception(message)
{
    /// <summary>The same under another type.</summary>
    public FunctionException As(string other) => new(other, Message, trace);

    public static FunctionException TooLarge() => new(
        "Function.ResponseSizeTooLarge",
        $"Response payload size exceeded maximum allowed payload size ({Functions.Output.MaxBytes} bytes).");

    public byte[] Body
    {
        get
        {
            var buffer = new MemoryStream();
            using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            {
                json.WriteStartObject();
                json.WriteString("errorType"u8, type);
                json.WriteString("errorMessage"u8, Message);
                if (trace is not null)
                {
                    json.WriteStartArray("stackTrace"u8);
                    foreach (var line in trace)
                    {
                        json.WriteStringValue(line);
                    }

                    json.WriteEndArray();
                }

                json.WriteEndObject();
            }

            return buffer.ToArray();
        }
    }
}
