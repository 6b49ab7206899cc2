using System.CommandLine;
using System.Text.Json.Nodes;
using Petrel.Client;
using Petrel.Tables;
using Petrel.Terminal;

namespace Petrel.Commands.Tables;

/// <summary><c>petrel table ls</c>: the tables.</summary>
internal sealed class TableListCommand : TableSubcommand
{
    /// <summary>Tables are described one by one; so many at a time.</summary>
    private const int Questions = 8;

    private readonly Option<bool> _json = GlobalOptions.Json();

    public TableListCommand(CliContext context)
        : base(context, "ls", "List the tables") => Add(_json);

    protected override async Task<int> RunAsync(TablesClient tables, ParseResult parse, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await foreach (var name in tables.ListAsync(cancellationToken))
        {
            names.Add(name);
        }

        var found = new JsonNode?[names.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = Questions, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, names.Count, options, async (i, token) => found[i] = await TryDescribeAsync(tables, names[i], token));
        Print([.. found.OfType<JsonNode>()], parse.GetValue(_json));
        return 0;
    }

    /// <summary>Null for one that was deleted meanwhile.</summary>
    private static async Task<JsonNode?> TryDescribeAsync(TablesClient tables, string name, CancellationToken cancellationToken)
    {
        try
        {
            return await tables.DescribeAsync(name, cancellationToken);
        }
        catch (CliException)
        {
            return null;
        }
    }

    private void Print(JsonNode[] tables, bool json)
    {
        if (json)
        {
            Output.Json(new JsonArray([.. tables.Select(ToJson)]));
            return;
        }

        if (tables.Length == 0)
        {
            Output.Notice("There are no tables yet.");
            Output.Advice($"make one: {Context.Program} table create my-table --key id");
            return;
        }

        var shown = new TextTable("Name", "Status", "Key", "Indexes", "Stream", "Items", "Size") { FirstNumber = 5, LongColumn = 0 };
        foreach (var table in tables)
        {
            var status = table["TableStatus"]!.GetValue<string>();
            shown.Add(
                table["TableName"]!.GetValue<string>(),
                new Cell(status.ToLowerInvariant(), TableView.ColourOf(status)),
                TableView.Schema(table["KeySchema"]!, table),
                TableView.Indexes(table).Count() is > 0 and var count ? $"{count}" : "",
                new Cell(TableView.HasStream(table) ? "on" : "", "green"),
                Amounts.Count(table["ItemCount"]?.GetValue<long>() ?? 0),
                Amounts.Bytes(table["TableSizeBytes"]?.GetValue<double>() ?? 0));
        }

        Output.Table(shown);
    }

    private static JsonObject ToJson(JsonNode table)
    {
        var shape = TableShape.Of(table);
        return new JsonObject
        {
            ["name"] = shape.Name,
            ["arn"] = table["TableArn"]?.DeepClone(),
            ["status"] = table["TableStatus"]?.DeepClone(),
            ["keys"] = new JsonArray([.. shape.Keys.Select(k => new JsonObject { ["name"] = k.Name, ["type"] = k.Type })]),
            ["indexes"] = new JsonArray([.. TableView.Indexes(table).Select(i => i["IndexName"]!.DeepClone())]),
            ["stream"] = TableView.HasStream(table) ? table["LatestStreamArn"]?.DeepClone() : null,
            ["items"] = table["ItemCount"]?.DeepClone(),
            ["sizeBytes"] = table["TableSizeBytes"]?.DeepClone(),
        };
    }
}
