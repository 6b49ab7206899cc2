using System.CommandLine;
using System.Diagnostics;
using Petrel.Client;
using Petrel.Tables;
using Petrel.Terminal;

namespace Petrel.Commands.Tables;

/// <summary><c>petrel table import TABLE FILE</c>: puts the items of a file into a table.</summary>
internal sealed class TableImportCommand : TableSubcommand
{
    /// <summary>Of many bad lines so many are shown.</summary>
    private const int ShownProblems = 10;

    private readonly Argument<string> _table;
    private readonly Argument<string> _file = new("file") { Description = "CSV with a header line, or JSON lines; - reads standard input", HelpName = "FILE" };
    private readonly Option<string?> _format = TableExportCommand.Format();
    private readonly Option<string?> _types = new("--types") { Description = "Types of CSV columns (default: guessed)", HelpName = "COLUMN:TYPE,…" };
    private readonly Option<string?> _delimiter = new("--delimiter") { Description = "Between the fields of CSV (default: guessed from the header)", HelpName = "CHARACTER" };
    private readonly Option<bool> _skipBad = new("--skip-bad") { Description = "Go on past lines that are refused" };
    private int _shown;

    public TableImportCommand(CliContext context)
        : base(context, "import", "Put the items of a CSV or JSON file into a table")
    {
        _table = TableArgument.Create(context);
        Arguments.Add(_table);
        Arguments.Add(_file);
        Add(_format, _types, _delimiter, _skipBad);
    }

    protected override async Task<int> RunAsync(TablesClient tables, ParseResult parse, CancellationToken cancellationToken)
    {
        var path = parse.GetRequiredValue(_file);
        var named = ItemFile.Of(path == ItemFile.Standard ? path : Context.Resolve(path), parse.GetValue(_format));
        var given = ColumnTypes.Parse(parse.GetValue(_types));
        var shape = await tables.ShapeAsync(parse.GetRequiredValue(_table), cancellationToken);
        var file = await named.SettleAsync(cancellationToken);
        try
        {
            return await ImportAsync(tables, shape, Read(file, shape, parse, given), parse.GetValue(_skipBad), cancellationToken);
        }
        finally
        {
            if (named.IsStandard)
            {
                File.Delete(file.Path);
            }
        }
    }

    private IEnumerable<FileItem> Read(ItemFile file, TableShape shape, ParseResult parse, Dictionary<string, string> given)
    {
        if (file.Format == ItemFormat.Json)
        {
            return given.Count == 0 ? ItemReader.ReadJson(file, shape) : throw new CliException("--types is for CSV: JSON says its types itself");
        }

        var delimiter = parse.GetValue(_delimiter) switch
        {
            null => (char?)null,
            "\\t" => '\t',
            [var c] => c,
            var text => throw new CliException($"--delimiter takes one character, not {text}"),
        };
        var (types, separator) = ItemReader.LookAt(file, delimiter, shape, given);
        Output.Notice($"columns: {types}");
        return ItemReader.ReadCsv(file, types, separator);
    }

    private async Task<int> ImportAsync(TablesClient tables, TableShape shape, IEnumerable<FileItem> items, bool skipBad, CancellationToken cancellationToken)
    {
        var import = new TableImport(tables, shape, Context.Time) { Refused = item => skipBad && Show(item) };
        var clock = Stopwatch.StartNew();
        await Output.WaitAsync($"Importing into {shape.Name}", async say =>
        {
            var work = import.RunAsync(items, cancellationToken);
            while (await Task.WhenAny(work, Task.Delay(Output.ProgressInterval, Context.Time, cancellationToken)) != work)
            {
                say($"{Amounts.Count(import.Count.Written)} items, {Amounts.Count((long)(import.Count.Written / clock.Elapsed.TotalSeconds))} a second");
            }

            await work;
            return true;
        });
        var (written, rejected) = import.Count;
        Output.Step($"{Amounts.Count(written)} items written in {Amounts.Milliseconds(clock.Elapsed.TotalMilliseconds)}");
        if (rejected == 0)
        {
            return 0;
        }

        Output.Warning($"{Amounts.Count(rejected)} lines were refused");
        return CommandLine.Failed;
    }

    private bool Show(FileItem item)
    {
        if (Interlocked.Increment(ref _shown) <= ShownProblems)
        {
            Output.Warning($"line {item.Line}: {item.Problem}");
        }

        return true;
    }
}
