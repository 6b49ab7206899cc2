using System.Net;
using System.Text.Json;

namespace Petrel.Server.Events.Patterns;

/// <summary>Accepts some of the scalars that an event can have at a leaf.</summary>
internal abstract class ValueMatcher
{
    /// <param name="value">A text, a number, true, false or null.</param>
    public abstract bool Matches(JsonElement value);
}

/// <summary>A value itself.</summary>
internal sealed class TextMatcher(string text) : ValueMatcher
{
    public override bool Matches(JsonElement value) => value.ValueKind == JsonValueKind.String && value.ValueEquals(text);
}

/// <summary>A number, however it is written: 5 is 5.0.</summary>
internal sealed class NumberMatcher(PatternNumber number) : ValueMatcher
{
    public override bool Matches(JsonElement value) => PatternNumber.TryRead(value, out var found) && found.CompareTo(number) == 0;
}

/// <summary><c>true</c>, <c>false</c> or <c>null</c>.</summary>
internal sealed class LiteralMatcher(JsonValueKind kind) : ValueMatcher
{
    public override bool Matches(JsonElement value) => value.ValueKind == kind;
}

/// <summary><c>exists</c>: that there is a value is known when it is asked.</summary>
internal sealed class ExistsMatcher(bool exists) : ValueMatcher
{
    public bool Exists { get; } = exists;

    public override bool Matches(JsonElement value) => Exists;
}

/// <summary><c>prefix</c>, <c>suffix</c>, <c>equals-ignore-case</c> and <c>wildcard</c>: a test of texts.</summary>
internal sealed class TextTest(Func<string, bool> test) : ValueMatcher
{
    public override bool Matches(JsonElement value) => value.ValueKind == JsonValueKind.String && test(value.GetString()!);
}

/// <summary><c>numeric</c>: one bound or two.</summary>
internal sealed class RangeMatcher(IReadOnlyList<(string Comparison, PatternNumber Bound)> bounds) : ValueMatcher
{
    public override bool Matches(JsonElement value)
    {
        if (!PatternNumber.TryRead(value, out var number))
        {
            return false;
        }

        foreach (var (comparison, bound) in bounds)
        {
            var order = number.CompareTo(bound);
            var holds = comparison switch
            {
                "<" => order < 0,
                "<=" => order <= 0,
                ">" => order > 0,
                ">=" => order >= 0,
                _ => order == 0,
            };
            if (!holds)
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary><c>cidr</c>: an address within a block.</summary>
internal sealed class CidrMatcher(IPNetwork block) : ValueMatcher
{
    public override bool Matches(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && IPAddress.TryParse(value.GetString(), out var address)
        && address.AddressFamily == block.BaseAddress.AddressFamily && block.Contains(address);
}

/// <summary><c>anything-but</c>: there is a value, and none of these accepts it.</summary>
internal sealed class AnythingButMatcher(IReadOnlyList<ValueMatcher> refused) : ValueMatcher
{
    public override bool Matches(JsonElement value)
    {
        foreach (var matcher in refused)
        {
            if (matcher.Matches(value))
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>A JSON number, compared exactly where 28 digits are enough and as a double beyond.</summary>
internal readonly struct PatternNumber : IComparable<PatternNumber>
{
    private readonly decimal? _exact;
    private readonly double _near;

    private PatternNumber(decimal? exact, double near) => (_exact, _near) = (exact, near);

    public static bool TryRead(JsonElement value, out PatternNumber number)
    {
        number = default;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var near))
        {
            return false;
        }

        number = new PatternNumber(value.TryGetDecimal(out var exact) ? exact : null, near);
        return true;
    }

    public int CompareTo(PatternNumber other) =>
        _exact is { } mine && other._exact is { } theirs ? mine.CompareTo(theirs) : _near.CompareTo(other._near);
}
