using System.CommandLine;
using Petrel.Client;

namespace Petrel.Commands.Tables;

/// <summary><c>petrel table put TABLE '{"id": "1"}'</c>: writes one item.</summary>
internal sealed class TablePutCommand : TableSubcommand
{
    private readonly Argument<string> _table;
    private readonly Argument<string> _item = new("item") { Description = "A JSON object; - reads it from standard input", HelpName = "JSON" };
    private readonly Option<bool> _new = new("--new") { Description = "Fail if the item is there" };
    private readonly Option<bool> _typed = TableItem.Typed();

    public TablePutCommand(CliContext context)
        : base(context, "put", "Write an item, in place of the one with its key")
    {
        _table = TableArgument.Create(context);
        Arguments.Add(_table);
        Arguments.Add(_item);
        Add(_new, _typed);
    }

    protected override async Task<int> RunAsync(TablesClient tables, ParseResult parse, CancellationToken cancellationToken)
    {
        var name = parse.GetRequiredValue(_table);
        var shape = await tables.ShapeAsync(name, cancellationToken);
        var item = await TableItem.ReadAsync(parse.GetRequiredValue(_item), shape, parse.GetValue(_typed), cancellationToken);
        if (!await tables.PutAsync(shape, item, parse.GetValue(_new), cancellationToken))
        {
            throw new CliException($"{name} has an item with this key already");
        }

        Output.Step("written");
        return 0;
    }
}
