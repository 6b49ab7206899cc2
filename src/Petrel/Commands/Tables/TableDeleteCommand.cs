using System.CommandLine;
using Petrel.Client;

namespace Petrel.Commands.Tables;

/// <summary><c>petrel table delete TABLE KEY [SORT]</c>: deletes one item.</summary>
internal sealed class TableDeleteCommand : TableSubcommand
{
    private readonly ItemArguments _item;

    public TableDeleteCommand(CliContext context)
        : base(context, "delete", "Delete an item") => _item = new ItemArguments(context, this);

    protected override async Task<int> RunAsync(TablesClient tables, ParseResult parse, CancellationToken cancellationToken)
    {
        var name = parse.GetRequiredValue(_item.Table);
        var shape = await tables.ShapeAsync(name, cancellationToken);
        if (await tables.DeleteAsync(name, shape.KeyFrom(_item.Partition(parse), _item.Sort(parse)), cancellationToken) is null)
        {
            throw new CliException($"{name} has no item {_item.Describe(parse)}");
        }

        Output.Step($"{_item.Describe(parse)} deleted");
        return 0;
    }
}
