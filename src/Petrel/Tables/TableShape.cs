using System.Text.Json.Nodes;

namespace Petrel.Tables;

/// <summary>An attribute by which items are found.</summary>
/// <param name="Type">S, N or B.</param>
internal sealed record KeyAttribute(string Name, string Type);

/// <summary>What commands must know of a table to read and write its items.</summary>
/// <param name="Sort">Null where items have a partition key only.</param>
internal sealed record TableShape(string Name, KeyAttribute Partition, KeyAttribute? Sort)
{
    public IEnumerable<KeyAttribute> Keys => Sort is null ? [Partition] : [Partition, Sort];

    /// <param name="description">As <c>DescribeTable</c> gives it.</param>
    public static TableShape Of(JsonNode description)
    {
        var types = description["AttributeDefinitions"]!.AsArray()
            .ToDictionary(d => d!["AttributeName"]!.GetValue<string>(), d => d!["AttributeType"]!.GetValue<string>(), StringComparer.Ordinal);
        var keys = KeysOf(description["KeySchema"]!);
        return new TableShape(description["TableName"]!.GetValue<string>(), Attribute(keys[0]), keys.Length > 1 ? Attribute(keys[1]) : null);

        KeyAttribute Attribute(string name) => new(name, types[name]);
    }

    /// <summary>The names of a schema's key attributes, the partition key first.</summary>
    public static string[] KeysOf(JsonNode schema) =>
    [
        .. schema.AsArray()
            .OrderBy(k => k!["KeyType"]!.GetValue<string>(), StringComparer.Ordinal)
            .Select(k => k!["AttributeName"]!.GetValue<string>()),
    ];

    /// <summary>A key from the words of a command line.</summary>
    /// <exception cref="CliException">A word does not fit its attribute, or there are too many or too few.</exception>
    public JsonObject KeyFrom(string partition, string? sort)
    {
        if (sort is null != Sort is null)
        {
            var needed = string.Join(" and ", Keys.Select(k => $"{k.Name} ({ItemText.NameOf(k.Type)})"));
            throw new CliException($"an item of {Name} is named by {needed}");
        }

        var key = new JsonObject { [Partition.Name] = ValueOf(Partition, partition) };
        if (Sort is not null)
        {
            key[Sort.Name] = ValueOf(Sort, sort!);
        }

        return key;
    }

    /// <summary>The attributes of an item's key as one text, equal for equal keys.</summary>
    public string IdentityOf(JsonObject item) => string.Join('\n', Keys.Select(k => item[k.Name]?.ToJsonString() ?? ""));

    private static JsonObject ValueOf(KeyAttribute attribute, string text)
    {
        if (!ItemText.Fits(text, attribute.Type))
        {
            throw new CliException($"{attribute.Name} is {ItemText.NameOf(attribute.Type)}, not {text}");
        }

        return new JsonObject { [attribute.Type] = text };
    }
}
