using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Petrel.Tables;

/// <summary>
/// Items as plain JSON, as people write them, and as the service's typed JSON. Plain JSON knows no sets and no bytes: they read as arrays
/// and as base64, and what is written as plain becomes a list and a string.
/// </summary>
internal static class PlainJson
{
    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One line.</summary>
    public static string Text(JsonNode? node) => node?.ToJsonString(Compact) ?? "null";

    /// <summary>Why a text is no JSON, without the parser's own coordinates.</summary>
    public static string Reason(JsonException exception) => exception.Message.Split(" LineNumber:")[0].Split(" Path:")[0].TrimEnd('.');

    /// <summary>A typed item as plain JSON.</summary>
    public static JsonObject Plain(JsonObject item) => new(item.Select(a => KeyValuePair.Create(a.Key, PlainValue(a.Value!))));

    /// <summary>A typed value as plain JSON; numbers keep every digit.</summary>
    public static JsonNode? PlainValue(JsonNode value)
    {
        var (type, content) = Single(value);
        return type switch
        {
            "N" => JsonNode.Parse(NumberText(content!.GetValue<string>())),
            "NS" => new JsonArray([.. content!.AsArray().Select(n => JsonNode.Parse(NumberText(n!.GetValue<string>())))]),
            "NULL" => null,
            "L" => new JsonArray([.. content!.AsArray().Select(v => PlainValue(v!))]),
            "M" => Plain(content!.AsObject()),
            _ => content!.DeepClone(),
        };
    }

    /// <summary>A plain object as an item; keys get the types of the table's schema.</summary>
    /// <exception cref="CliException">A key is of another type.</exception>
    public static JsonObject Typed(JsonObject plain, TableShape table)
    {
        var item = new JsonObject();
        foreach (var (name, value) in plain)
        {
            var key = table.Keys.FirstOrDefault(k => k.Name == name);
            item[name] = key is null ? TypedValue(value) : TypedKey(key, value);
        }

        return item;
    }

    public static JsonObject TypedValue(JsonNode? value) => value switch
    {
        null => new JsonObject { ["NULL"] = true },
        JsonArray array => new JsonObject { ["L"] = new JsonArray([.. array.Select(TypedValue)]) },
        JsonObject map => new JsonObject { ["M"] = new JsonObject(map.Select(a => KeyValuePair.Create(a.Key, (JsonNode?)TypedValue(a.Value)))) },
        _ => value.GetValueKind() switch
        {
            JsonValueKind.Number => new JsonObject { ["N"] = value.ToJsonString() },
            JsonValueKind.True or JsonValueKind.False => new JsonObject { ["BOOL"] = value.DeepClone() },
            _ => new JsonObject { ["S"] = value.DeepClone() },
        },
    };

    /// <summary>Whether an object is an attribute value: one member, named by a type.</summary>
    public static bool IsTyped(JsonNode? value) =>
        value is JsonObject { Count: 1 } typed && Array.IndexOf(ItemText.Types, typed.First().Key) >= 0;

    public static (string Type, JsonNode? Content) Single(JsonNode value)
    {
        var (type, content) = value.AsObject().First();
        return (type, content);
    }

    private static JsonObject TypedKey(KeyAttribute key, JsonNode? value)
    {
        var text = value?.GetValueKind() switch
        {
            JsonValueKind.String => value.GetValue<string>(),
            JsonValueKind.Number => value.ToJsonString(),
            _ => null,
        };
        var isText = value?.GetValueKind() == JsonValueKind.String;
        return text is not null && (isText || key.Type == "N") && ItemText.Fits(text, key.Type)
            ? new JsonObject { [key.Type] = text }
            : throw new CliException($"the key {key.Name} is {ItemText.NameOf(key.Type)}, not {Text(value)}");
    }

    /// <summary>The service's numbers are JSON's, but for a sign or zeros in front.</summary>
    private static string NumberText(string number)
    {
        var sign = number.StartsWith('-') ? "-" : "";
        var digits = number.TrimStart('+', '-').TrimStart('0');
        return digits.Length == 0 || !char.IsAsciiDigit(digits[0]) ? $"{sign}0{digits}" : sign + digits;
    }
}
