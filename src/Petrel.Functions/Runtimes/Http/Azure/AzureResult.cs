using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Petrel.Functions.Runtimes.Http.Azure;

/// <summary>What a custom handler answered.</summary>
internal sealed record AzureResult(JsonElement Outputs, JsonElement ReturnValue, IReadOnlyList<string> Logs)
{
    private const string Return = "$return";

    public static bool TryRead(ReadOnlyMemory<byte> body, out AzureResult result)
    {
        result = new AzureResult(default, default, []);
        if (body.IsEmpty)
        {
            return true; // Nothing comes of it.
        }

        try
        {
            var root = JsonDocument.Parse(body).RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return false;
            }

            result = new AzureResult(Member(root, "Outputs"), Member(root, "ReturnValue"), LogsOf(root));
            return result.Outputs.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>The return value; without one, the outputs by their names.</summary>
    public ReadOnlyMemory<byte> ToJson(string? output) =>
        ReturnValue.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null) ? Encoding.UTF8.GetBytes(ReturnValue.GetRawText())
        : output is not null && Output(output) is { ValueKind: not JsonValueKind.Undefined } one ? Encoding.UTF8.GetBytes(one.GetRawText())
        : Outputs.ValueKind == JsonValueKind.Object ? Encoding.UTF8.GetBytes(Outputs.GetRawText())
        : "null"u8.ToArray();

    /// <exception cref="FormatException">The output describes no HTTP answer.</exception>
    public DescribedAnswer ToAnswer(string? output)
    {
        var value = output is null or Return ? ReturnValue : Output(output);
        return value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null
            ? new DescribedAnswer(StatusCodes.Status204NoContent, [], default)
            : DescribedAnswer.Read(value, base64: false);
    }

    private JsonElement Output(string name) => Outputs.ValueKind == JsonValueKind.Object ? Member(Outputs, name) : default;

    private static string[] LogsOf(JsonElement root)
    {
        var logs = Member(root, "Logs");
        return logs.ValueKind == JsonValueKind.Array
            ? [.. logs.EnumerateArray().Select(l => l.ValueKind == JsonValueKind.String ? l.GetString()! : l.GetRawText())]
            : [];
    }

    // Names are written in either case by samples.
    private static JsonElement Member(JsonElement json, string name)
    {
        foreach (var member in json.EnumerateObject())
        {
            if (member.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return member.Value;
            }
        }

        return default;
    }
}
