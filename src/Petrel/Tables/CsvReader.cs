using System.Text;

namespace Petrel.Tables;

/// <summary>One record of a file of comma-separated values.</summary>
/// <param name="Line">Where it begins, counted from 1.</param>
internal sealed record CsvRecord(int Line, string[] Fields);

/// <summary>Reads comma-separated values as RFC 4180 writes them: quotes, doubled quotes and line ends within quotes.</summary>
internal sealed class CsvReader(TextReader reader, char delimiter)
{
    /// <summary>An item has no more than 400 KB; a quote that is never closed would else take the whole file.</summary>
    private const int LongestField = 1 << 20;

    private readonly StringBuilder _field = new();
    private int _line = 1;

    /// <exception cref="CliException">A quote is not closed.</exception>
    public CsvRecord? Read()
    {
        while (reader.Peek() is '\n' or '\r')
        {
            EndLine(reader.Read());
        }

        if (reader.Peek() < 0)
        {
            return null;
        }

        var start = _line;
        var fields = new List<string>();
        bool more;
        do
        {
            more = ReadField(start);
            fields.Add(_field.ToString());
        }
        while (more);
        return new CsvRecord(start, [.. fields]);
    }

    /// <summary>What separates the fields of a header line: the most frequent of the usual.</summary>
    public static char GuessDelimiter(string header) => new[] { ',', ';', '\t', '|' }.MaxBy(c => header.Count(h => h == c));

    /// <summary>A field as it is written, quoted where it must be.</summary>
    public static string Quote(string field) =>
        field.AsSpan().IndexOfAny(",\"\r\n") >= 0 || field.Length != field.Trim().Length ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field;

    /// <returns>Whether the record goes on.</returns>
    private bool ReadField(int start)
    {
        _field.Clear();
        if (reader.Peek() == '"')
        {
            _ = reader.Read();
            ReadQuoted(start);
        }

        while (true)
        {
            var c = reader.Read();
            if (c == delimiter)
            {
                return true;
            }

            if (c is < 0 or '\n' or '\r')
            {
                EndLine(c);
                return false;
            }

            Append((char)c, start);
        }
    }

    private void ReadQuoted(int start)
    {
        while (true)
        {
            var c = reader.Read();
            if (c < 0)
            {
                throw new CliException($"line {start}: a quote is not closed");
            }

            if (c == '"')
            {
                if (reader.Peek() != '"')
                {
                    return;
                }

                _ = reader.Read();
            }
            else if (c == '\n')
            {
                _line++;
            }

            Append((char)c, start);
        }
    }

    private void Append(char c, int start)
    {
        if (_field.Length == LongestField)
        {
            throw new CliException($"line {start}: a field has more than {LongestField} characters; is a quote not closed?");
        }

        _field.Append(c);
    }

    private void EndLine(int c)
    {
        if (c == '\r' && reader.Peek() == '\n')
        {
            c = reader.Read();
        }

        if (c >= 0)
        {
            _line++;
        }
    }
}
