using System.Text;
using System.Text.Json;

namespace Petrel.Server.Services.Lambda.EventSources;

/// <summary>What a function said of its error, in a line.</summary>
internal static class ErrorText
{
    private const int MaxLength = 1_000;

    public static string Of(ReadOnlyMemory<byte> payload)
    {
        try
        {
            using var document = JsonDocument.Parse(payload);
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("errorMessage", out var message))
            {
                var type = root.TryGetProperty("errorType", out var named) && named.ValueKind == JsonValueKind.String ? $"{named.GetString()}: " : "";
                return Short(type + (message.ValueKind == JsonValueKind.String ? message.GetString() : message.GetRawText()));
            }
        }
        catch (JsonException)
        {
            // Programs may answer with anything.
        }

        return Short(Encoding.UTF8.GetString(payload.Span));
    }

    private static string Short(string text) => text.Length <= MaxLength ? text : text[..MaxLength];
}
