using System.Text.Json;
using System.Text.Json.Nodes;

namespace Petrel.Tables;

/// <summary>An item of a file.</summary>
/// <param name="Line">Where it begins, counted from 1; in an array of JSON its number.</param>
/// <param name="Item">Typed; null when it is wrong.</param>
/// <param name="Problem">Null when nothing is wrong.</param>
internal sealed record FileItem(int Line, JsonObject? Item, string? Problem);

/// <summary>Reads the items of a file, one after another, never the whole file.</summary>
internal static class ItemReader
{
    public static IEnumerable<FileItem> ReadCsv(ItemFile file, ColumnTypes types, char delimiter)
    {
        using var text = file.OpenText();
        var reader = new CsvReader(text, delimiter);
        _ = reader.Read();
        while (reader.Read() is { } record)
        {
            yield return Try(record.Line, () => types.ToItem(record));
        }
    }

    /// <summary>Finds out the types of a file's columns: reads it once, whole.</summary>
    public static (ColumnTypes Types, char Delimiter) LookAt(ItemFile file, char? delimiter, TableShape table, IReadOnlyDictionary<string, string> given)
    {
        using var text = file.OpenText();
        var header = text.ReadLine() ?? throw new CliException($"{file.Path} is empty");
        var separator = delimiter ?? CsvReader.GuessDelimiter(header);
        using var whole = file.OpenText();
        var reader = new CsvReader(whole, separator);
        var types = new ColumnTypes(reader.Read()?.Fields ?? [], table, given);
        while (reader.Read() is { } record)
        {
            types.Look(record);
        }

        return (types, separator);
    }

    public static IEnumerable<FileItem> ReadJson(ItemFile file, TableShape table)
    {
        using var text = file.OpenText();
        while (text.Peek() is >= 0 and var c && char.IsWhiteSpace((char)c))
        {
            _ = text.Read();
        }

        return text.Peek() == '[' ? ReadArray(file, table) : ReadLines(file, table);
    }

    private static IEnumerable<FileItem> ReadLines(ItemFile file, TableShape table)
    {
        using var text = file.OpenText();
        for (var line = 1; text.ReadLine() is { } json; line++)
        {
            if (!string.IsNullOrWhiteSpace(json))
            {
                yield return Try(line, () => ToItem(JsonNode.Parse(json), table));
            }
        }
    }

    private static IEnumerable<FileItem> ReadArray(ItemFile file, TableShape table)
    {
        using var bytes = File.OpenRead(file.Path);
        var number = 0;
        foreach (var element in JsonSerializer.DeserializeAsyncEnumerable<JsonNode>(bytes).ToBlockingEnumerable())
        {
            number++;
            yield return Try(number, () => ToItem(element, table));
        }
    }

    /// <summary>Typed, when every attribute is; <c>{"Item": …}</c> is how the service exports.</summary>
    private static JsonObject ToItem(JsonNode? node, TableShape table)
    {
        var item = node as JsonObject ?? throw new CliException($"an item is a JSON object, not {PlainJson.Text(node)}");
        if (item.Count == 1 && item["Item"] is JsonObject exported && exported.All(a => PlainJson.IsTyped(a.Value)))
        {
            return exported.DeepClone().AsObject();
        }

        return item.Count > 0 && item.All(a => PlainJson.IsTyped(a.Value)) ? item : PlainJson.Typed(item, table);
    }

    private static FileItem Try(int line, Func<JsonObject> read)
    {
        try
        {
            return new FileItem(line, read(), null);
        }
        catch (CliException e)
        {
            return new FileItem(line, null, e.Message);
        }
        catch (JsonException e)
        {
            return new FileItem(line, null, $"it is not JSON: {PlainJson.Reason(e)}");
        }
    }
}
