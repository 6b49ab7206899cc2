using System.Text;
using Spectre.Console;

namespace Petrel.Terminal;

/// <summary>A table: framed on a terminal that is wide enough, stacked on a narrow one, columns of text elsewhere.</summary>
internal sealed class TextTable(params string[] headers)
{
    /// <summary>Between the columns of a frame: a line and a space on either side.</summary>
    private const int FramePadding = 3;

    /// <summary>Columns of the usual terminal.</summary>
    private const int WideEnoughToWrap = 80;

    private readonly List<Cell[]> _rows = [];

    /// <summary>The column whose texts are long: on a narrow terminal they get lines of their own, so that a URL stays whole.</summary>
    public int LongColumn { get; init; } = headers.Length - 1;

    public TextTable Add(params Cell[] cells)
    {
        if (cells.Length != headers.Length)
        {
            throw new ArgumentException($"A row has {headers.Length} cells, not {cells.Length}.", nameof(cells));
        }

        _rows.Add(cells);
        return this;
    }

    /// <summary>The first of the columns that hold numbers, which stand at the right; all after it are of that kind.</summary>
    public int FirstNumber { get; init; } = headers.Length;

    /// <summary>Headers are names, which must not change when they are printed as plain text.</summary>
    public bool KeepsHeaders { get; init; }

    /// <summary>The long column holds sentences: they may be wrapped within a frame that is not too narrow.</summary>
    public bool WrapsLongColumn { get; init; }

    /// <param name="framed">Knows the terminal's width.</param>
    /// <param name="unwrapped">Leaves it to the terminal to wrap lines.</param>
    public void WriteToTerminal(IAnsiConsole framed, IAnsiConsole unwrapped)
    {
        var width = Widths(headers).Sum(w => w + FramePadding) + 1;
        if (width <= framed.Profile.Width || (WrapsLongColumn && framed.Profile.Width >= WideEnoughToWrap))
        {
            WriteFramed(framed);
        }
        else
        {
            WriteStacked(unwrapped);
        }
    }

    /// <summary>Columns two spaces apart, the last one as long as it is: good to read, and to cut with awk.</summary>
    public void WritePlain(TextWriter writer)
    {
        var titles = KeepsHeaders ? headers : [.. headers.Select(h => h.ToUpperInvariant())];
        var widths = Widths(titles);
        foreach (var row in _rows.Select(row => row.Select(c => c.Text).ToArray()).Prepend(titles))
        {
            var line = new StringBuilder();
            for (var column = 0; column < row.Length; column++)
            {
                line.Append(column < FirstNumber ? row[column].PadRight(widths[column]) : row[column].PadLeft(widths[column])).Append("  ");
            }

            writer.WriteLine(line.ToString().TrimEnd());
        }
    }

    private void WriteFramed(IAnsiConsole console)
    {
        var table = new Table { Border = TableBorder.Rounded, BorderStyle = new Style(Color.Grey) };
        for (var column = 0; column < headers.Length; column++)
        {
            var shown = new TableColumn($"[bold]{Markup.Escape(headers[column])}[/]") { NoWrap = column >= FirstNumber };
            table.AddColumn(column < FirstNumber ? shown : shown.RightAligned());
        }

        foreach (var row in _rows)
        {
            table.AddRow([.. row.Select(c => c.ToMarkup())]);
        }

        console.Write(table);
    }

    /// <summary>The short cells of a row in columns, the long one below them.</summary>
    private void WriteStacked(IAnsiConsole console)
    {
        var widths = Widths([.. headers.Select(_ => "")]);
        foreach (var row in _rows)
        {
            var line = new StringBuilder();
            for (var column = 0; column < row.Length; column++)
            {
                if (column != LongColumn)
                {
                    line.Append(row[column].ToMarkup()).Append(' ', widths[column] - row[column].Text.Length + 2);
                }
            }

            console.MarkupLine(line.ToString().TrimEnd());
            if (row[LongColumn].Text.Length > 0)
            {
                console.MarkupLine($"  {row[LongColumn].ToMarkup()}");
            }
        }
    }

    private int[] Widths(string[] titles) =>
        [.. titles.Select((title, column) => _rows.Select(row => row[column].Text.Length).Append(title.Length).Max())];
}

/// <summary>A cell's text, and the colour in which a terminal shows it.</summary>
internal readonly record struct Cell(string Text, string? Colour = null)
{
    public static implicit operator Cell(string text) => new(text);

    public string ToMarkup() => Colour is null ? Markup.Escape(Text) : $"[{Colour}]{Markup.Escape(Text)}[/]";
}
