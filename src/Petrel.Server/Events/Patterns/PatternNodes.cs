using System.Text.Json;

namespace Petrel.Server.Events.Patterns;

/// <summary>A part of a pattern that is compared with the part of an event under the same names.</summary>
internal abstract class PatternNode
{
    /// <param name="value">Null when the event has nothing there.</param>
    public abstract bool Matches(JsonElement? value);
}

/// <summary>Names that must all match, and groups of alternatives of which each must have one that does.</summary>
internal sealed class ObjectNode(
    IReadOnlyList<KeyValuePair<string, PatternNode>> fields,
    IReadOnlyList<IReadOnlyList<ObjectNode>> alternatives) : PatternNode
{
    /// <summary>All names are looked for in one and the same object: of an array, in one of its elements.</summary>
    public override bool Matches(JsonElement? value)
    {
        switch (value?.ValueKind)
        {
            case JsonValueKind.Object:
                return MatchesObject(value);
            case JsonValueKind.Array when HasObject(value.Value):
                return AnyElement(value.Value);
            default:
                return MatchesObject(null);
        }
    }

    private bool MatchesObject(JsonElement? value)
    {
        foreach (var (name, node) in fields)
        {
            if (!node.Matches(value?.TryGetProperty(name, out var found) == true ? found : null))
            {
                return false;
            }
        }

        foreach (var group in alternatives)
        {
            if (!group.Any(alternative => alternative.MatchesObject(value)))
            {
                return false;
            }
        }

        return true;
    }

    private bool AnyElement(JsonElement array)
    {
        foreach (var element in array.EnumerateArray())
        {
            if (element.ValueKind is JsonValueKind.Object or JsonValueKind.Array && Matches(element))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasObject(JsonElement array)
    {
        foreach (var element in array.EnumerateArray())
        {
            if (element.ValueKind == JsonValueKind.Object || (element.ValueKind == JsonValueKind.Array && HasObject(element)))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>The values that are accepted at a leaf: one of them is enough, and of an array one of its elements.</summary>
internal sealed class LeafNode(IReadOnlyList<ValueMatcher> matchers) : PatternNode
{
    private readonly bool _acceptsAbsence = matchers.Any(matcher => matcher is ExistsMatcher { Exists: false });

    public override bool Matches(JsonElement? value)
    {
        var any = false;
        return (value is { } present && AnyScalar(present, ref any)) || (!any && _acceptsAbsence);
    }

    /// <param name="any">Set when there is a scalar at all: an object or an empty array is as good as nothing.</param>
    private bool AnyScalar(JsonElement value, ref bool any)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                return false;
            case JsonValueKind.Array:
                foreach (var element in value.EnumerateArray())
                {
                    if (AnyScalar(element, ref any))
                    {
                        return true;
                    }
                }

                return false;
            default:
                any = true;
                foreach (var matcher in matchers)
                {
                    if (matcher.Matches(value))
                    {
                        return true;
                    }
                }

                return false;
        }
    }
}
