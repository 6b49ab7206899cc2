using System.Text.Json;
using System.Text.Json.Nodes;

namespace Petrel.Tables;

/// <summary>
/// The attribute types of a file's columns: those of the table's keys, those that the user named, and for the others what every value of
/// the column is. A column of mixed values holds strings; empty fields are no attribute.
/// </summary>
internal sealed class ColumnTypes
{
    private readonly string[] _columns;
    private readonly string?[] _types;
    private readonly Guess[] _guesses;

    /// <param name="given">By name, as the user wrote them.</param>
    public ColumnTypes(string[] columns, TableShape table, IReadOnlyDictionary<string, string> given)
    {
        _columns = columns;
        _guesses = [.. columns.Select(_ => new Guess())];
        _types = [.. columns.Select(c => table.Keys.FirstOrDefault(k => k.Name == c)?.Type ?? given.GetValueOrDefault(c))];
        Check(table, given);
    }

    /// <summary>As they are shown: <c>id S, age N</c>.</summary>
    public override string ToString() => string.Join(", ", _columns.Select((c, i) => $"{c} {TypeOf(i)}"));

    /// <summary>Takes a record into account, before any is converted.</summary>
    public void Look(CsvRecord record)
    {
        for (var i = 0; i < Math.Min(record.Fields.Length, _columns.Length); i++)
        {
            _guesses[i].Look(record.Fields[i]);
        }
    }

    /// <exception cref="CliException">A field does not fit its column.</exception>
    public JsonObject ToItem(CsvRecord record)
    {
        if (record.Fields.Length > _columns.Length)
        {
            throw new CliException($"there are {record.Fields.Length} fields, and {_columns.Length} columns");
        }

        var item = new JsonObject();
        for (var i = 0; i < record.Fields.Length; i++)
        {
            if (record.Fields[i].Length > 0)
            {
                item[_columns[i]] = ToValue(record.Fields[i], TypeOf(i), _columns[i]);
            }
        }

        return item;
    }

    /// <summary>Types from <c>id:S,age:N</c>.</summary>
    public static Dictionary<string, string> Parse(string? text)
    {
        var types = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in text?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [])
        {
            var colon = pair.LastIndexOf(':');
            var type = pair[(colon + 1)..].ToUpperInvariant();
            if (colon <= 0 || Array.IndexOf(ItemText.Types, type) < 0)
            {
                throw new CliException($"--types takes COLUMN:TYPE with a type of {string.Join(", ", ItemText.Types)}, not {pair}");
            }

            types[pair[..colon]] = type;
        }

        return types;
    }

    private string TypeOf(int column) => _types[column] ?? _guesses[column].Type;

    private void Check(TableShape table, IReadOnlyDictionary<string, string> given)
    {
        if (table.Keys.FirstOrDefault(k => !_columns.Contains(k.Name)) is { } missing)
        {
            throw new CliException($"there is no column {missing.Name}, which is a key of {table.Name}; the columns are {string.Join(", ", _columns)}");
        }

        if (_columns.GroupBy(c => c).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new CliException($"there are two columns {twice.Key}");
        }

        if (given.Keys.FirstOrDefault(g => !_columns.Contains(g)) is { } unknown)
        {
            throw new CliException($"--types names a column {unknown}; the columns are {string.Join(", ", _columns)}");
        }

        if (table.Keys.FirstOrDefault(k => given.TryGetValue(k.Name, out var type) && type != k.Type) is { } key)
        {
            throw new CliException($"{key.Name} is a key of {table.Name} and {ItemText.NameOf(key.Type)}");
        }
    }

    private static JsonObject ToValue(string field, string type, string column)
    {
        var content = type switch
        {
            "BOOL" when bool.TryParse(field, out var flag) => JsonValue.Create(flag),
            "NULL" => JsonValue.Create(true),
            "N" or "S" or "B" when ItemText.Fits(field.Trim(), type) => JsonValue.Create(type == "S" ? field : field.Trim()),
            "L" or "M" or "SS" or "NS" or "BS" => ParseNested(field, type, column),
            _ => throw Misfit(field, type, column),
        };
        return type is "L" or "M" ? content.AsObject() : new JsonObject { [type] = content };
    }

    /// <returns>A typed list or map, or the members of a set.</returns>
    private static JsonNode ParseNested(string field, string type, string column)
    {
        try
        {
            return (JsonNode.Parse(field), type) switch
            {
                (JsonArray list, "L") => PlainJson.TypedValue(list),
                (JsonObject map, "M") => PlainJson.TypedValue(map),
                (JsonArray set, "NS") when set.All(v => v?.GetValueKind() is JsonValueKind.Number) => new JsonArray([.. set.Select(v => (JsonNode)v!.ToJsonString())]),
                (JsonArray set, "SS" or "BS") when set.All(v => v?.GetValueKind() is JsonValueKind.String) => set,
                _ => throw Misfit(field, type, column),
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Misfit(field, type, column);
        }
    }

    private static CliException Misfit(string field, string type, string column) =>
        new($"{column} is {ItemText.NameOf(type)}, not {(field.Length > 60 ? field[..60] + "…" : field)}");

    /// <summary>What all values of a column can be.</summary>
    private sealed class Guess
    {
        private bool _any;
        private bool _number = true;
        private bool _flag = true;
        private bool _list = true;
        private bool _map = true;

        public string Type => !_any ? "S" : _number ? "N" : _flag ? "BOOL" : _list ? "L" : _map ? "M" : "S";

        public void Look(string field)
        {
            if (field.Length == 0)
            {
                return;
            }

            _any = true;
            _number = _number && ItemText.LooksLikeNumber(field.Trim());
            _flag = _flag && bool.TryParse(field, out _);
            _list = _list && field[0] == '[' && IsJson(field);
            _map = _map && field[0] == '{' && IsJson(field);
        }

        private static bool IsJson(string field)
        {
            try
            {
                using var parsed = JsonDocument.Parse(field);
                return true;
            }
            catch (JsonException)
            {
                return false;
            }
        }
    }
}
