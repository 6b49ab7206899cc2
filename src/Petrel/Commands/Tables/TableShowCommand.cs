using System.CommandLine;
using Petrel.Client;
using Petrel.Terminal;

namespace Petrel.Commands.Tables;

/// <summary><c>petrel table show TABLE</c>: its keys, indexes, stream and size.</summary>
internal sealed class TableShowCommand : TableSubcommand
{
    private readonly Argument<string> _table;
    private readonly Option<bool> _json = new("--json") { Description = "Print the service's description as JSON" };

    public TableShowCommand(CliContext context)
        : base(context, "show", "Show a table's keys, indexes, stream and size")
    {
        _table = TableArgument.Create(context);
        Arguments.Add(_table);
        Add(_json);
    }

    protected override async Task<int> RunAsync(TablesClient tables, ParseResult parse, CancellationToken cancellationToken)
    {
        var name = parse.GetRequiredValue(_table);
        var table = await tables.DescribeAsync(name, cancellationToken);
        if (parse.GetValue(_json))
        {
            Output.Json(table);
            return 0;
        }

        new TableView(Output).Print(table, await tables.ExpiryAttributeAsync(name, cancellationToken));
        return 0;
    }
}
