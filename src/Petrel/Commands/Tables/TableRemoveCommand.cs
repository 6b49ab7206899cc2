using System.CommandLine;
using System.Text.Json.Nodes;
using Petrel.Client;

namespace Petrel.Commands.Tables;

/// <summary><c>petrel table rm TABLE…</c>: deletes tables with all that is in them.</summary>
internal sealed class TableRemoveCommand : TableSubcommand
{
    private readonly Argument<string[]> _tables;

    public TableRemoveCommand(CliContext context)
        : base(context, "rm", "Delete tables with all that is in them")
    {
        _tables = TableArgument.CreateMany(context);
        Arguments.Add(_tables);
    }

    protected override async Task<int> RunAsync(TablesClient tables, ParseResult parse, CancellationToken cancellationToken)
    {
        foreach (var name in parse.GetRequiredValue(_tables))
        {
            await tables.DescribeAsync(name, cancellationToken);
            await tables.CallAsync("DeleteTable", new JsonObject { ["TableName"] = name }, cancellationToken);
            Output.Step($"{name} deleted");
        }

        return 0;
    }
}
