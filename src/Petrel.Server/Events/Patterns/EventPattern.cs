using System.Text;
using System.Text.Json;

namespace Petrel.Server.Events.Patterns;

/// <summary>
/// An event pattern: a tree of the names that an event must have, with the values that are accepted at its leaves. Parsed once and then
/// compared with many events; immutable and safe to share.
/// </summary>
internal sealed class EventPattern
{
    /// <summary>An item of a table may be nested 32 levels, each of two objects; then there is the record around it.</summary>
    private const int MaxEventDepth = 256;

    private static readonly JsonDocumentOptions EventOptions = new() { MaxDepth = MaxEventDepth };

    private readonly ObjectNode _root;

    private EventPattern(ObjectNode root) => _root = root;

    /// <param name="json">The pattern, a JSON object.</param>
    /// <exception cref="PatternException">It is none; the message says why, in the words of EventBridge.</exception>
    public static EventPattern Parse(string json, PatternDialect dialect)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return new EventPattern(new PatternParser(dialect).ParseRoot(document.RootElement));
        }
        catch (JsonException problem)
        {
            throw new PatternException($"Filter is not valid JSON: {problem.Message}");
        }
    }

    public bool Matches(JsonElement theEvent) => _root.Matches(theEvent);

    /// <summary>False for an event that is no JSON.</summary>
    public bool Matches(ReadOnlyMemory<byte> eventJson)
    {
        try
        {
            using var document = JsonDocument.Parse(eventJson, EventOptions);
            return _root.Matches(document.RootElement);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    public bool Matches(string eventJson) => Matches(Encoding.UTF8.GetBytes(eventJson));
}

/// <summary>Which operators patterns may use.</summary>
internal enum PatternDialect
{
    /// <summary>All of them: rules of an event bus.</summary>
    Rules,

    /// <summary>Filters of event source mappings and pipes: no <c>wildcard</c>, no <c>cidr</c>, no operators within <c>anything-but</c>.</summary>
    Filters,
}

/// <summary>A pattern is not valid.</summary>
internal sealed class PatternException(string message) : Exception(message);
