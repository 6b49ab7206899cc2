using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Petrel.Conformance.DynamoDb;

/// <summary>Takes from answers what is no part of their meaning: times and ids, accounts, the order of what has none.</summary>
internal static partial class AnswerForm
{
    private static readonly HashSet<string> Varying = new(StringComparer.Ordinal)
    {
        "TableId", "CreationDateTime", "CreationRequestDateTime", "LastIncreaseDateTime", "LastDecreaseDateTime", "LastUpdateToPayPerRequestDateTime",
    };

    /// <summary>Lists of these names have no order; a scan's depends on how keys are hashed.</summary>
    private static readonly HashSet<string> Unordered = new(StringComparer.Ordinal)
    {
        "SS", "NS", "BS", "Items", "AttributeDefinitions", "GlobalSecondaryIndexes", "LocalSecondaryIndexes", "NonKeyAttributes", "Tags", "TagKeys",
    };

    public static string Of(TableAnswer answer, bool ordered) => $"{(int)answer.Status} {Of(answer.Body, "", ordered)?.ToJsonString() ?? "null"}";

    private static JsonNode? Of(JsonNode? node, string name, bool ordered) => node switch
    {
        JsonObject map => new JsonObject(map.Where(m => !Varying.Contains(m.Key))
            .OrderBy(m => m.Key, StringComparer.Ordinal)
            .Select(m => KeyValuePair.Create(m.Key, Of(m.Value, name is "Responses" ? "Items" : m.Key, ordered)))),
        JsonArray list => List(list, Unordered.Contains(name) && !(ordered && name == "Items"), ordered),
        JsonValue value when value.TryGetValue<string>(out var text) => Account().Replace(text, "$1:ACCOUNT"),
        _ => node?.DeepClone(),
    };

    private static JsonArray List(JsonArray list, bool sorted, bool ordered)
    {
        var entries = list.Select(e => Of(e, "", ordered));
        return [.. sorted ? entries.OrderBy(e => e?.ToJsonString(), StringComparer.Ordinal) : entries];
    }

    [GeneratedRegex(@"(arn:aws:dynamodb:[a-z0-9-]+):\d{12}", RegexOptions.NonBacktracking)]
    private static partial Regex Account();
}
