using System.Text.Json.Nodes;
using Petrel.Client;

namespace Petrel.Tables;

/// <summary>Writes the items of a table as JSON lines or comma-separated values.</summary>
internal sealed class TableExport(TablesClient tables, TableShape table)
{
    /// <summary>Items written so far.</summary>
    public long Count { get; private set; }

    /// <summary>Typed lines in the form in which the service exports: <c>{"Item": …}</c>.</summary>
    public Task WriteTypedAsync(TextWriter writer, CancellationToken cancellationToken) =>
        ForEachAsync(item => writer.WriteLineAsync(PlainJson.Text(new JsonObject { ["Item"] = item.DeepClone() })), cancellationToken);

    public Task WritePlainAsync(TextWriter writer, CancellationToken cancellationToken) =>
        ForEachAsync(item => writer.WriteLineAsync(PlainJson.Text(PlainJson.Plain(item))), cancellationToken);

    /// <summary>
    /// The key, then every attribute that any item has, by name. Which those are is known after the last item, so that the items wait in a
    /// file.
    /// </summary>
    public async Task WriteCsvAsync(TextWriter writer, CancellationToken cancellationToken)
    {
        var spool = Path.GetTempFileName();
        try
        {
            var names = new SortedSet<string>(StringComparer.Ordinal);
            await using (var lines = new StreamWriter(spool))
            {
                await ForEachAsync(async item =>
                {
                    names.UnionWith(item.Select(a => a.Key));
                    await lines.WriteLineAsync(PlainJson.Text(item));
                }, cancellationToken);
            }

            var keys = table.Keys.Select(k => k.Name).ToArray();
            string[] columns = [.. keys, .. names.Except(keys)];
            await writer.WriteLineAsync(string.Join(',', columns.Select(CsvReader.Quote)));
            await foreach (var line in File.ReadLinesAsync(spool, cancellationToken))
            {
                var item = JsonNode.Parse(line)!.AsObject();
                await writer.WriteLineAsync(string.Join(',', columns.Select(c => CsvReader.Quote(Field(item[c])))));
            }
        }
        finally
        {
            File.Delete(spool);
        }
    }

    private async Task ForEachAsync(Func<JsonObject, Task> write, CancellationToken cancellationToken)
    {
        await foreach (var page in tables.ScanAsync(new JsonObject { ["TableName"] = table.Name, ["ConsistentRead"] = true }, cancellationToken))
        {
            foreach (var item in page)
            {
                await write(item!.AsObject());
                Count++;
            }
        }
    }

    private static string Field(JsonNode? value)
    {
        if (value is null)
        {
            return "";
        }

        var (type, content) = PlainJson.Single(value);
        return type switch
        {
            "S" or "N" or "B" => content!.GetValue<string>(),
            "BOOL" => content!.GetValue<bool>() ? "true" : "false",
            "NULL" => "",
            _ => PlainJson.Text(PlainJson.PlainValue(value)),
        };
    }
}
