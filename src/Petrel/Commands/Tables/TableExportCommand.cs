using System.CommandLine;
using System.Text;
using Petrel.Client;
using Petrel.Tables;
using Petrel.Terminal;

namespace Petrel.Commands.Tables;

/// <summary><c>petrel table export TABLE [FILE]</c>: writes every item of a table to a file.</summary>
internal sealed class TableExportCommand : TableSubcommand
{
    private readonly Argument<string> _table;
    private readonly Argument<string> _file = new("file") { Description = "Such as items.csv or items.jsonl (default: JSON lines to standard output)", HelpName = "FILE", DefaultValueFactory = _ => ItemFile.Standard };
    private readonly Option<string?> _format = Format();
    private readonly Option<bool> _plain = new("--plain") { Description = "Plain JSON, in which sets become arrays and bytes base64" };

    public TableExportCommand(CliContext context)
        : base(context, "export", "Write a table's items to a CSV or JSON file")
    {
        _table = TableArgument.Create(context);
        Arguments.Add(_table);
        Arguments.Add(_file);
        Add(_format, _plain);
    }

    public static Option<string?> Format()
    {
        var format = new Option<string?>("--format") { Description = "csv or json (default: by the file's name)" };
        format.AcceptOnlyFromAmong("csv", "json");
        return format;
    }

    protected override async Task<int> RunAsync(TablesClient tables, ParseResult parse, CancellationToken cancellationToken)
    {
        var path = parse.GetRequiredValue(_file);
        var file = ItemFile.Of(path == ItemFile.Standard ? path : Context.Resolve(path), parse.GetValue(_format));
        var shape = await tables.ShapeAsync(parse.GetRequiredValue(_table), cancellationToken);
        var export = new TableExport(tables, shape);
        if (file.IsStandard)
        {
            await WriteAsync(export, file.Format, parse.GetValue(_plain), Output.StandardOut, cancellationToken);
            return 0;
        }

        // Under another name until it is whole: a file that is there is all of the table.
        var partial = file.Path + ".partial";
        await using (var writer = new StreamWriter(partial, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)))
        {
            await Output.WaitAsync($"Exporting {shape.Name}", async say =>
            {
                var work = WriteAsync(export, file.Format, parse.GetValue(_plain), writer, cancellationToken);
                while (await Task.WhenAny(work, Task.Delay(Output.ProgressInterval, Context.Time, cancellationToken)) != work)
                {
                    say($"{Amounts.Count(export.Count)} items");
                }

                await work;
                return true;
            });
        }

        File.Move(partial, file.Path, overwrite: true);
        Output.Step($"{Amounts.Count(export.Count)} items written to {path}");
        return 0;
    }

    private static Task WriteAsync(TableExport export, ItemFormat format, bool plain, TextWriter writer, CancellationToken cancellationToken) => format switch
    {
        ItemFormat.Csv => export.WriteCsvAsync(writer, cancellationToken),
        _ => plain ? export.WritePlainAsync(writer, cancellationToken) : export.WriteTypedAsync(writer, cancellationToken),
    };
}
