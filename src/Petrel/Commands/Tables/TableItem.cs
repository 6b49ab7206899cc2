using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Petrel.Tables;
using Petrel.Terminal;

namespace Petrel.Commands.Tables;

/// <summary>Items on a command line: how they are written and printed.</summary>
internal static class TableItem
{
    public static Option<bool> Typed() => new("--typed") { Description = "Items in the service's typed JSON, which keeps sets and bytes" };

    /// <summary>One line of JSON.</summary>
    public static string Line(JsonObject item, bool typed) => PlainJson.Text(typed ? item : PlainJson.Plain(item));

    /// <param name="text">An object, or <c>-</c> for standard input.</param>
    public static async Task<JsonObject> ReadAsync(string text, TableShape table, bool typed, CancellationToken cancellationToken)
    {
        var json = text == "-" ? Encoding.UTF8.GetString(await StandardInput.ReadAsync(cancellationToken)) : text;
        var parsed = ParseObject(json, "the item");
        return typed ? parsed : PlainJson.Typed(parsed, table);
    }

    public static JsonObject ParseObject(string text, string what)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject ?? throw new CliException($"{what} is a JSON object, not {text}");
        }
        catch (JsonException e)
        {
            throw new CliException($"{what} is not JSON: {PlainJson.Reason(e)}", inner: e);
        }
    }
}
