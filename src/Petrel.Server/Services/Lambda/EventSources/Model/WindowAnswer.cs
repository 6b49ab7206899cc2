using System.Text.Json;

namespace Petrel.Server.Services.Lambda.EventSources.Model;

/// <summary>What a function's answer says of the state of a tumbling window.</summary>
internal static class WindowAnswer
{
    public const string Empty = "{}";

    /// <summary>Lambda's limit of a state; a larger one ends the window.</summary>
    public const int MaxStateBytes = 1024 * 1024;

    /// <summary>The member <c>state</c> as JSON; an empty object when the answer has none.</summary>
    public static string ReadState(ReadOnlyMemory<byte> answer)
    {
        try
        {
            using var document = JsonDocument.Parse(answer);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("state", out var state)
                && state.ValueKind == JsonValueKind.Object
                    ? state.GetRawText()
                    : Empty;
        }
        catch (JsonException)
        {
            return Empty;
        }
    }

    public static bool IsTooLarge(string state) => System.Text.Encoding.UTF8.GetByteCount(state) > MaxStateBytes;
}
