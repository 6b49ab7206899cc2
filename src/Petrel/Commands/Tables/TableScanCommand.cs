using System.CommandLine;
using System.Text.Json.Nodes;
using Petrel.Client;
using Petrel.Tables;
using Petrel.Terminal;

namespace Petrel.Commands.Tables;

/// <summary><c>petrel table scan TABLE</c>: the first items, or all.</summary>
internal sealed class TableScanCommand : TableSubcommand
{
    private const int DefaultLimit = 25;

    private readonly Argument<string> _table;
    private readonly Option<int> _limit = new("--limit", "-n") { Description = "At most so many items", HelpName = "NUMBER", DefaultValueFactory = _ => DefaultLimit };
    private readonly Option<bool> _all = new("--all") { Description = "Every item" };
    private readonly Option<string?> _index = new("--index") { Description = "What an index holds", HelpName = "INDEX" };
    private readonly Option<string?> _filter = new("--filter") { Description = "A filter expression, such as \"age > :a\"", HelpName = "EXPRESSION" };
    private readonly Option<string?> _values = new("--values") { Description = "Its values, such as '{\":a\": 30}'", HelpName = "JSON" };
    private readonly Option<bool> _json = new("--json") { Description = "One JSON object a line" };
    private readonly Option<bool> _typed = TableItem.Typed();

    public TableScanCommand(CliContext context)
        : base(context, "scan", "Show the items of a table")
    {
        _table = TableArgument.Create(context);
        Arguments.Add(_table);
        Add(_limit, _all, _index, _filter, _values, _json, _typed);
    }

    protected override async Task<int> RunAsync(TablesClient tables, ParseResult parse, CancellationToken cancellationToken)
    {
        var name = parse.GetRequiredValue(_table);
        var shape = await tables.ShapeAsync(name, cancellationToken);
        var limit = parse.GetValue(_all) ? int.MaxValue : parse.GetValue(_limit);
        if (limit < 1)
        {
            throw new CliException("--limit takes a number from 1");
        }

        var asJson = parse.GetValue(_json) || parse.GetValue(_typed);
        var items = new List<JsonObject>();
        var more = false;
        var count = 0;
        await foreach (var page in tables.ScanAsync(Request(parse, name, limit), cancellationToken))
        {
            foreach (var item in page.Select(i => i!.AsObject()).Take(limit - count))
            {
                count++;
                if (asJson)
                {
                    Output.Line(TableItem.Line(item, parse.GetValue(_typed)));
                }
                else
                {
                    items.Add(item);
                }
            }

            if (count >= limit)
            {
                more = true;
                break;
            }
        }

        if (!asJson)
        {
            Print(shape, items, more);
        }

        return 0;
    }

    private void Print(TableShape shape, List<JsonObject> items, bool more)
    {
        if (items.Count == 0)
        {
            Output.Notice("There are no items.");
            return;
        }

        var hidden = ItemTable.Print(Output, shape, items);
        if (hidden > 0)
        {
            Output.Advice(hidden == 1 ? "one more attribute does not fit; see all: --json" : $"{hidden} more attributes do not fit; see all: --json");
        }

        if (more)
        {
            Output.Advice($"the first {Amounts.Count(items.Count)}; there may be more: --limit NUMBER or --all");
        }
    }

    private JsonObject Request(ParseResult parse, string table, int limit)
    {
        var request = new JsonObject { ["TableName"] = table };
        if (parse.GetValue(_index) is { } index)
        {
            request["IndexName"] = index;
        }

        if (parse.GetValue(_filter) is { } filter)
        {
            request["FilterExpression"] = filter;
        }
        else if (limit < int.MaxValue)
        {
            // With a filter the service counts what it reads, not what it finds.
            request["Limit"] = limit;
        }

        if (parse.GetValue(_values) is { } values)
        {
            request["ExpressionAttributeValues"] = new JsonObject(
                TableItem.ParseObject(values, "--values").Select(v => KeyValuePair.Create(v.Key, (JsonNode?)PlainJson.TypedValue(v.Value))));
        }

        return request;
    }
}
