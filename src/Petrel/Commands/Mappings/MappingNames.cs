using System.Text.Json.Nodes;

namespace Petrel.Commands.Mappings;

/// <summary>Mappings in the words of people.</summary>
internal static class MappingNames
{
    /// <summary>The function's name, with its qualifier.</summary>
    public static string Function(JsonNode mapping) => mapping["FunctionArn"]!.GetValue<string>().Split(":function:")[^1];

    /// <summary>What is behind the account in the source's ARN: <c>table/orders/stream/2026-01-31T10:20:30.123</c>.</summary>
    public static string Source(JsonNode mapping) => mapping["EventSourceArn"]!.GetValue<string>().Split(':', 6)[^1];

    public static string? ColourOf(string state) => state switch
    {
        "Enabled" => "green",
        "Disabled" => "grey",
        _ => "yellow",
    };

    public static string? ColourOfResult(string? result) =>
        result?.StartsWith("PROBLEM", StringComparison.Ordinal) == true ? "red" : result == "OK" ? "green" : null;
}
