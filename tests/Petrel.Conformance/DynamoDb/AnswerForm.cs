using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Petrel.Conformance.DynamoDb;

/// <summary>
/// Takes from answers what is no part of their meaning: times and ids, accounts, the order of what has none; and what the other server says in
/// words of its own where the real one does not: what a parser expected, the names of Java's classes.
/// </summary>
internal static partial class AnswerForm
{
    private static readonly HashSet<string> Left = new(StringComparer.Ordinal)
    {
        // They vary.
        "TableId", "CreationDateTime", "CreationRequestDateTime", "LastIncreaseDateTime", "LastDecreaseDateTime", "LastUpdateToPayPerRequestDateTime",

        // Newer, or older, than the other server; RecordedAnswerTests has them.
        "DeletionProtectionEnabled", "WarmThroughput", "TableThroughputModeSummary",
    };

    /// <summary>Lists of these names have no order; a scan's depends on how keys are hashed.</summary>
    private static readonly HashSet<string> Unordered = new(StringComparer.Ordinal)
    {
        "SS", "NS", "BS", "Items", "AttributeDefinitions", "GlobalSecondaryIndexes", "LocalSecondaryIndexes", "NonKeyAttributes", "Tags", "TagKeys",
    };

    /// <param name="ordered">Whether items have an order.</param>
    public static string Of(TableAnswer answer, bool ordered) => $"{(int)answer.Status} {Of(answer.Body, ordered)}";

    public static string Of(JsonNode? body, bool ordered) => Of(body, "", ordered)?.ToJsonString() ?? "null";

    private static JsonNode? Of(JsonNode? node, string name, bool ordered) => node switch
    {
        JsonObject error when error["__type"]?.GetValue<string>() is { } type => Error(error, type.Split('#')[^1], ordered),
        JsonObject map => Map(map, name, ordered),
        JsonArray list => List(list, Unordered.Contains(name) && !(ordered && name == "Items"), ordered),
        JsonValue value when value.TryGetValue<string>(out var text) => Account().Replace(text, "$1:ACCOUNT"),
        _ => node?.DeepClone(),
    };

    private static JsonObject Map(JsonObject map, string name, bool ordered) => new(
        map.Where(m => !Left.Contains(m.Key))
            .OrderBy(m => m.Key, StringComparer.Ordinal)
            .Select(m => KeyValuePair.Create(m.Key, Of(m.Value, name is "Responses" ? "Items" : m.Key, ordered))));

    private static JsonObject Error(JsonObject error, string type, bool ordered)
    {
        var form = new JsonObject { ["__type"] = type };
        if (type == "SerializationException")
        {
            return form;
        }

        foreach (var (member, value) in error.Where(m => m.Key is not ("__type" or "Message" or "message")).OrderBy(m => m.Key, StringComparer.Ordinal))
        {
            form[member] = Of(value, member, ordered);
        }

        form["message"] = Message((error["message"] ?? error["Message"])?.GetValue<string>() ?? "");
        return form;
    }

    private static string Message(string text)
    {
        const string several = " validation errors detected: ";
        text = Structure().Replace(SyntaxError().Replace(Account().Replace(text, "$1:ACCOUNT"), "Syntax error"), "Value at");
        var at = text.IndexOf(several, StringComparison.Ordinal);
        return at < 0 ? text : text[..(at + several.Length)] + string.Join("; ", text[(at + several.Length)..].Split("; ").Order(StringComparer.Ordinal));
    }

    private static JsonArray List(JsonArray list, bool sorted, bool ordered)
    {
        var entries = list.Select(e => Of(e, "", ordered));
        return [.. sorted ? entries.OrderBy(e => e?.ToJsonString(), StringComparer.Ordinal) : entries];
    }

    [GeneratedRegex(@"(arn:aws:dynamodb:[a-z0-9-]+):\d{12}", RegexOptions.NonBacktracking)]
    private static partial Regex Account();

    /// <summary>dynalite tells what its parser expected; the real service a token and what is near it.</summary>
    [GeneratedRegex("Syntax error; .*", RegexOptions.NonBacktracking)]
    private static partial Regex SyntaxError();

    /// <summary>How a list or map is printed.</summary>
    [GeneratedRegex(@"Value '[\[{].*?[\]}]' at", RegexOptions.None, 1000)]
    private static partial Regex Structure();
}
