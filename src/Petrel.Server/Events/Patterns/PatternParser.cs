using System.Text.Json;

namespace Petrel.Server.Events.Patterns;

/// <summary>Reads the names of a pattern; <see cref="MatcherParser"/> reads what stands at its leaves.</summary>
internal sealed class PatternParser(PatternDialect dialect)
{
    private const string Or = "$or";

    private readonly MatcherParser _matchers = new(dialect);

    public ObjectNode ParseRoot(JsonElement root) => root.ValueKind == JsonValueKind.Object
        ? ParseObject(root)
        : throw new PatternException("Filter is not an object");

    private ObjectNode ParseObject(JsonElement element)
    {
        var fields = new List<KeyValuePair<string, PatternNode>>();
        var alternatives = new List<IReadOnlyList<ObjectNode>>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in element.EnumerateObject())
        {
            if (!names.Add(property.Name))
            {
                throw new PatternException($"Path `{property.Name}` cannot be allowed multiple times");
            }

            if (property.Name == Or && IsAlternatives(property.Value))
            {
                alternatives.Add([.. property.Value.EnumerateArray().Select(ParseObject)]);
            }
            else
            {
                fields.Add(new(property.Name, ParseField(property)));
            }
        }

        return names.Count > 0 ? new ObjectNode(fields, alternatives) : throw new PatternException("Empty objects are not allowed");
    }

    private PatternNode ParseField(JsonProperty property) => property.Value.ValueKind switch
    {
        JsonValueKind.Object => ParseObject(property.Value),
        JsonValueKind.Array when property.Value.GetArrayLength() > 0 => new LeafNode([.. property.Value.EnumerateArray().Select(_matchers.Parse)]),
        JsonValueKind.Array => throw new PatternException("Empty arrays are not allowed"),
        _ => throw new PatternException($"\"{property.Name}\" must be an object or an array"),
    };

    /// <summary>A field may itself be called so: alternatives are two objects or more, whose names are no operators.</summary>
    private static bool IsAlternatives(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array && value.GetArrayLength() >= 2
        && value.EnumerateArray().All(element => element.ValueKind == JsonValueKind.Object
            && element.EnumerateObject().All(property => !MatcherParser.IsOperator(property.Name)));
}
