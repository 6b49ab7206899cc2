using System.Text;
using Spectre.Console;

namespace Petrel.Terminal;

/// <summary>A table: framed on a terminal, columns of text elsewhere.</summary>
internal sealed class TextTable(params string[] headers)
{
    private readonly List<Cell[]> _rows = [];

    public bool IsEmpty => _rows.Count == 0;

    public TextTable Add(params Cell[] cells)
    {
        if (cells.Length != headers.Length)
        {
            throw new ArgumentException($"A row has {headers.Length} cells, not {cells.Length}.", nameof(cells));
        }

        _rows.Add(cells);
        return this;
    }

    public void WriteFramed(IAnsiConsole console)
    {
        var table = new Table { Border = TableBorder.Rounded, BorderStyle = new Style(Color.Grey) };
        foreach (var header in headers)
        {
            table.AddColumn(new TableColumn($"[bold]{Markup.Escape(header)}[/]"));
        }

        foreach (var row in _rows)
        {
            table.AddRow([.. row.Select(c => c.ToMarkup())]);
        }

        console.Write(table);
    }

    /// <summary>Columns two spaces apart, the last one as long as it is: good to read, and to cut with awk.</summary>
    public void WritePlain(TextWriter writer)
    {
        var rows = _rows.Select(row => row.Select(c => c.Text).ToArray()).Prepend([.. headers.Select(h => h.ToUpperInvariant())]).ToList();
        var widths = headers.Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
        {
            var line = new StringBuilder();
            for (var column = 0; column < row.Length; column++)
            {
                line.Append(row[column].PadRight(widths[column])).Append("  ");
            }

            writer.WriteLine(line.ToString().TrimEnd());
        }
    }
}

/// <summary>A cell's text, and the colour in which a terminal shows it.</summary>
internal readonly record struct Cell(string Text, string? Colour = null)
{
    public static implicit operator Cell(string text) => new(text);

    public string ToMarkup() => Colour is null ? Markup.Escape(Text) : $"[{Colour}]{Markup.Escape(Text)}[/]";
}
