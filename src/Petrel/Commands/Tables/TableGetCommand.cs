using System.CommandLine;
using Petrel.Client;

namespace Petrel.Commands.Tables;

/// <summary>The arguments that name one item of a table.</summary>
internal sealed class ItemArguments
{
    private readonly Argument<string> _partition = new("key") { Description = "Value of its partition key", HelpName = "KEY" };
    private readonly Argument<string?> _sort = new("sort") { Description = "Value of its sort key", HelpName = "SORT", Arity = ArgumentArity.ZeroOrOne };

    public ItemArguments(CliContext context, Command command)
    {
        Table = TableArgument.Create(context);
        command.Arguments.Add(Table);
        command.Arguments.Add(_partition);
        command.Arguments.Add(_sort);
    }

    public Argument<string> Table { get; }

    public string Partition(ParseResult parse) => parse.GetRequiredValue(_partition);

    public string? Sort(ParseResult parse) => parse.GetValue(_sort);

    /// <summary>The item as a message names it.</summary>
    public string Describe(ParseResult parse) => Sort(parse) is { } sort ? $"{Partition(parse)} {sort}" : Partition(parse);
}

/// <summary><c>petrel table get TABLE KEY [SORT]</c>: one item, as JSON.</summary>
internal sealed class TableGetCommand : TableSubcommand
{
    private readonly ItemArguments _item;
    private readonly Option<bool> _typed = TableItem.Typed();

    public TableGetCommand(CliContext context)
        : base(context, "get", "Print an item as JSON")
    {
        _item = new ItemArguments(context, this);
        Add(_typed);
    }

    protected override async Task<int> RunAsync(TablesClient tables, ParseResult parse, CancellationToken cancellationToken)
    {
        var name = parse.GetRequiredValue(_item.Table);
        var shape = await tables.ShapeAsync(name, cancellationToken);
        var item = await tables.GetAsync(name, shape.KeyFrom(_item.Partition(parse), _item.Sort(parse)), cancellationToken)
            ?? throw new CliException($"{name} has no item {_item.Describe(parse)}");
        Output.Json(parse.GetValue(_typed) ? item : Petrel.Tables.PlainJson.Plain(item));
        return 0;
    }
}
