using System.Text;
using System.Text.Json.Nodes;
using Petrel.Tables;

namespace Petrel.Terminal;

/// <summary>Items as rows: the key first, then the attributes that most of them have, as many as the terminal is wide enough for.</summary>
internal static class ItemTable
{
    /// <summary>A longer text is cut: the whole is in the JSON.</summary>
    private const int LongestCell = 40;

    /// <summary>A column's frame: a line and a space on either side.</summary>
    private const int Padding = 3;

    /// <returns>How many attributes did not fit.</returns>
    public static int Print(Output output, TableShape table, IReadOnlyList<JsonObject> items)
    {
        var columns = Columns(table, items);
        var cells = columns.Select(c => items.Select(i => CellOf(i[c])).ToArray()).ToArray();
        var shown = HowManyFit(columns, cells, output.Width);
        var text = new TextTable(columns[..shown]) { LongColumn = shown - 1, KeepsHeaders = true };
        for (var row = 0; row < items.Count; row++)
        {
            text.Add([.. cells[..shown].Select(c => c[row])]);
        }

        output.Table(text);
        return columns.Length - shown;
    }

    private static string[] Columns(TableShape table, IEnumerable<JsonObject> items)
    {
        var keys = table.Keys.Select(k => k.Name).ToArray();
        var others = items.SelectMany(i => i.Select(a => a.Key))
            .Except(keys, StringComparer.Ordinal)
            .ToArray();
        var counts = items.SelectMany(i => i.Select(a => a.Key)).CountBy(n => n).ToDictionary(StringComparer.Ordinal);
        return [.. keys, .. others.OrderByDescending(o => counts[o]).ThenBy(o => o, StringComparer.Ordinal)];
    }

    /// <summary>At least the first: the key is what names an item.</summary>
    private static int HowManyFit(string[] columns, Cell[][] cells, int width)
    {
        var used = 1;
        for (var column = 0; column < columns.Length; column++)
        {
            used += Padding + cells[column].Select(c => c.Text.Length).Append(columns[column].Length).Max();
            if (used > width)
            {
                return Math.Max(1, column);
            }
        }

        return columns.Length;
    }

    private static Cell CellOf(JsonNode? value)
    {
        if (value is null)
        {
            return "";
        }

        var (type, content) = PlainJson.Single(value);
        return type switch
        {
            "S" => Clean(content!.GetValue<string>()),
            "N" => new Cell(Clean(content!.GetValue<string>()), "aqua"),
            "BOOL" => new Cell(content!.GetValue<bool>() ? "true" : "false", "yellow"),
            "NULL" => new Cell("null", "grey"),
            "B" => new Cell(Clean(content!.GetValue<string>()), "fuchsia"),
            "SS" or "NS" or "BS" => new Cell(Clean($"{{{string.Join(", ", content!.AsArray().Select(v => v!.GetValue<string>()))}}}"), "green"),
            _ => new Cell(Clean(PlainJson.Text(PlainJson.PlainValue(value))), "grey"),
        };
    }

    /// <summary>One line, without what a terminal would act on.</summary>
    private static string Clean(string text)
    {
        var clean = new StringBuilder(Math.Min(text.Length, LongestCell));
        foreach (var c in text)
        {
            if (clean.Length == LongestCell - 1)
            {
                return clean.Append('…').ToString();
            }

            clean.Append(char.IsControl(c) ? '·' : c);
        }

        return clean.ToString();
    }
}
