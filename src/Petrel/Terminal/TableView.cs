using System.Text.Json.Nodes;
using Petrel.Tables;
using Spectre.Console;

namespace Petrel.Terminal;

/// <summary>A table on a page: a label and what there is of it in each line.</summary>
internal sealed class TableView(Output output)
{
    private const int LabelWidth = 13;

    /// <param name="table">As <c>DescribeTable</c> gives it.</param>
    /// <param name="expiryAttribute">Null where items do not expire.</param>
    public void Print(JsonNode table, string? expiryAttribute)
    {
        output.Markup($"[bold]{Markup.Escape(Text(table, "TableName"))}[/]  [dim]{Markup.Escape(Text(table, "TableArn"))}[/]");
        var status = Text(table, "TableStatus");
        var created = table["CreationDateTime"] is { } time ? $", created {DateTimeOffset.FromUnixTimeMilliseconds((long)(time.GetValue<double>() * 1000)):u}" : "";
        Line("Status", $"[{ColourOf(status)}]{status.ToLowerInvariant()}[/]{created}");
        Line("Key", Markup.Escape(Schema(table["KeySchema"]!, table)));
        Line("Items", $"{Amounts.Count(table["ItemCount"]?.GetValue<long>() ?? 0)}, {Amounts.Bytes(table["TableSizeBytes"]?.GetValue<double>() ?? 0)}");
        Line("Capacity", Capacity(table));
        foreach (var index in Indexes(table))
        {
            Line("Index", Index(index, table));
        }

        Line("Stream", HasStream(table)
            ? $"{Text(table["StreamSpecification"]!, "StreamViewType").ToLowerInvariant().Replace('_', ' ')}  [dim]{Markup.Escape(Text(table, "LatestStreamArn"))}[/]"
            : "none");
        Line("Expiry", expiryAttribute is null ? "none" : $"at the time in {Markup.Escape(expiryAttribute)}");
        if (table["DeletionProtectionEnabled"]?.GetValue<bool>() is true)
        {
            Line("Protected", "from deletion");
        }
    }

    /// <summary>Global and local indexes.</summary>
    public static IEnumerable<JsonNode> Indexes(JsonNode table) =>
        new[] { "GlobalSecondaryIndexes", "LocalSecondaryIndexes" }.SelectMany(kind => table[kind]?.AsArray() ?? []).OfType<JsonNode>();

    public static bool HasStream(JsonNode table) => table["StreamSpecification"]?["StreamEnabled"]?.GetValue<bool>() is true;

    /// <summary>A key schema with its attributes' types: <c>id S, at N</c>.</summary>
    public static string Schema(JsonNode schema, JsonNode table)
    {
        var types = table["AttributeDefinitions"]!.AsArray().ToDictionary(d => Text(d!, "AttributeName"), d => Text(d!, "AttributeType"), StringComparer.Ordinal);
        return string.Join(", ", TableShape.KeysOf(schema).Select(name => $"{name} {types.GetValueOrDefault(name, "?")}"));
    }

    public static string ColourOf(string status) => status switch
    {
        "ACTIVE" => "green",
        "DELETING" or "ARCHIVED" or "INACCESSIBLE_ENCRYPTION_CREDENTIALS" => "red",
        _ => "yellow",
    };

    private static string Index(JsonNode index, JsonNode table)
    {
        var projection = index["Projection"];
        var projected = Text(projection!, "ProjectionType") switch
        {
            "KEYS_ONLY" => "keys only",
            "INCLUDE" => "with " + string.Join(", ", projection!["NonKeyAttributes"]!.AsArray().Select(a => a!.GetValue<string>())),
            _ => "all attributes",
        };
        var status = index["IndexStatus"]?.GetValue<string>();
        var state = status is null ? "local" : $"[{ColourOf(status)}]{status.ToLowerInvariant()}{(index["Backfilling"]?.GetValue<bool>() is true ? ", backfilling" : "")}[/]";
        return $"[bold]{Markup.Escape(Text(index, "IndexName"))}[/]: {Markup.Escape(Schema(index["KeySchema"]!, table))}; {Markup.Escape(projected)}; {state}";
    }

    private static string Capacity(JsonNode table) =>
        table["BillingModeSummary"]?["BillingMode"]?.GetValue<string>() == "PAY_PER_REQUEST"
            ? "on demand"
            : $"{table["ProvisionedThroughput"]?["ReadCapacityUnits"]} reads, {table["ProvisionedThroughput"]?["WriteCapacityUnits"]} writes a second";

    private void Line(string label, string markup) => output.Markup($"  [dim]{label.PadRight(LabelWidth)}[/] {markup}");

    private static string Text(JsonNode node, string member) => node[member]?.GetValue<string>() ?? "";
}
