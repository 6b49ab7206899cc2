using System.Text;
using System.Text.Json;

namespace Petrel.Functions.Runtimes.Http;

/// <summary>
/// An event in the form of CloudEvents 1.0 (binary content mode: attributes are headers, data is the body). An event that is a CloudEvent
/// already keeps its attributes; any other becomes the data of one.
/// </summary>
/// <param name="Attributes">With <c>specversion</c>, <c>id</c>, <c>source</c> and <c>type</c>; without <c>datacontenttype</c>.</param>
internal sealed record CloudEvent(IReadOnlyList<KeyValuePair<string, string>> Attributes, ReadOnlyMemory<byte> Data, string DataContentType)
{
    /// <summary>The type of what <c>Invoke</c> was called with.</summary>
    private const string InvokedType = "dev.petrel.function.invoked";

    private const string Json = "application/json";

    public static CloudEvent Of(FunctionSpec function, Invocation invocation) => TryRead(invocation.Payload) ?? new CloudEvent(
        [
            new("specversion", "1.0"),
            new("id", invocation.RequestId),
            new("source", invocation.InvokedFunctionArn),
            new("type", InvokedType),
            new("subject", function.Name),
        ],
        invocation.Payload,
        Json);

    /// <summary>Null for what is no CloudEvent in JSON.</summary>
    internal static CloudEvent? TryRead(ReadOnlyMemory<byte> payload)
    {
        if (payload.Span.IndexOf("specversion"u8) < 0)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(payload);
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object && Has(root, "specversion") && Has(root, "id") && Has(root, "source") && Has(root, "type")
                ? Read(root)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool Has(JsonElement root, string name) => root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String;

    private static CloudEvent Read(JsonElement root)
    {
        var attributes = new List<KeyValuePair<string, string>>();
        var contentType = Json;
        ReadOnlyMemory<byte> data = default;
        foreach (var member in root.EnumerateObject())
        {
            switch (member.Name)
            {
                case "data":
                    data = DataOf(member.Value, contentType, root);
                    break;
                case "data_base64":
                    data = member.Value.TryGetBytesFromBase64(out var bytes) ? bytes : default;
                    break;
                case "datacontenttype":
                    contentType = member.Value.GetString() ?? Json;
                    break;
                case var name when name.Length <= 64 && name.All(char.IsAsciiLetterOrDigit):
                    attributes.Add(new(name, member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString()! : member.Value.GetRawText()));
                    break;
            }
        }

        return new CloudEvent(attributes, data, contentType);
    }

    // Data that is not JSON stands in the JSON format as a string.
    private static byte[] DataOf(JsonElement data, string contentType, JsonElement root)
    {
        var type = root.TryGetProperty("datacontenttype", out var given) ? given.GetString() ?? contentType : contentType;
        return data.ValueKind == JsonValueKind.String && !type.Contains("json", StringComparison.OrdinalIgnoreCase)
            ? Encoding.UTF8.GetBytes(data.GetString()!)
            : Encoding.UTF8.GetBytes(data.GetRawText());
    }

    /// <summary>A value as a header: what is not printable ASCII, and quotes and percents, in percent-encoded UTF-8 (HTTP protocol binding, 3.1.3.2).</summary>
    public static string Encode(string value)
    {
        if (value.All(c => c is > ' ' and < (char)0x7F and not '"' and not '%'))
        {
            return value;
        }

        var text = new StringBuilder();
        foreach (var b in Encoding.UTF8.GetBytes(value))
        {
            _ = b is > 0x20 and < 0x7F and not (byte)'"' and not (byte)'%' ? text.Append((char)b) : text.Append('%').Append(b.ToString("X2"));
        }

        return text.ToString();
    }
}
