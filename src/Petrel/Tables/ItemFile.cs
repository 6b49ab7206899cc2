using System.Text;

namespace Petrel.Tables;

/// <summary>What a file of items holds: comma-separated values, or JSON.</summary>
internal enum ItemFormat
{
    /// <summary>A header line, then an item a line.</summary>
    Csv,

    /// <summary>An item a line (or one array of items): plain objects, typed ones, or <c>{"Item": typed}</c> as the service exports them.</summary>
    Json,
}

/// <summary>A file that items are read from or written to; <c>-</c> is standard input or output.</summary>
internal sealed record ItemFile(string Path, ItemFormat Format)
{
    public const string Standard = "-";

    public bool IsStandard => Path == Standard;

    /// <param name="format">csv or json; null goes by the file's name.</param>
    public static ItemFile Of(string path, string? format) => new(path, format switch
    {
        "csv" => ItemFormat.Csv,
        "json" => ItemFormat.Json,
        _ => System.IO.Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".csv" or ".tsv" or ".txt" => ItemFormat.Csv,
            ".json" or ".jsonl" or ".ndjson" or "" => ItemFormat.Json,
            var other => throw new CliException($"a name that ends in {other} does not say what the file holds", "say it: --format csv or --format json"),
        },
    });

    /// <summary>
    /// Opens it for reading, more than once: what comes from a pipe is first written to a file, because the types of columns are known only
    /// after all of it was seen.
    /// </summary>
    public async Task<ItemFile> SettleAsync(CancellationToken cancellationToken)
    {
        if (!IsStandard)
        {
            return File.Exists(Path) ? this : throw new CliException($"there is no file {Path}");
        }

        var copy = System.IO.Path.GetTempFileName();
        await using var file = File.Create(copy);
        await using var input = Console.OpenStandardInput();
        await input.CopyToAsync(file, cancellationToken);
        return this with { Path = copy };
    }

    public StreamReader OpenText() => new(Path, Encoding.UTF8, detectEncodingFromByteOrderMarks: true, 1 << 16);
}
