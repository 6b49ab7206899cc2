using System.Globalization;
using System.Net;

namespace Petrel.Server.Services.Iam.Model.Policies;

/// <summary>How one value of a request is compared with one value of a policy.</summary>
internal enum Comparison
{
    StringEquals,
    StringEqualsIgnoreCase,
    StringLike,
    NumericEquals,
    NumericLessThan,
    NumericLessThanEquals,
    NumericGreaterThan,
    NumericGreaterThanEquals,
    DateEquals,
    DateLessThan,
    DateLessThanEquals,
    DateGreaterThan,
    DateGreaterThanEquals,
    Bool,
    BinaryEquals,
    IpAddress,
    ArnLike,
    Null,
}

/// <summary>How the values of a key with many are taken together.</summary>
internal enum Quantifier
{
    /// <summary>A key with one value; of many, one suffices.</summary>
    Single,
    ForAllValues,
    ForAnyValue,
}

/// <summary>A condition operator as written: <c>ForAnyValue:StringNotLikeIfExists</c>.</summary>
internal readonly record struct ConditionOperator(Comparison Comparison, bool Negated, bool IfExists, Quantifier Quantifier)
{
    private static readonly Dictionary<string, (Comparison Comparison, bool Negated)> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["StringEquals"] = (Comparison.StringEquals, false),
        ["StringNotEquals"] = (Comparison.StringEquals, true),
        ["StringEqualsIgnoreCase"] = (Comparison.StringEqualsIgnoreCase, false),
        ["StringNotEqualsIgnoreCase"] = (Comparison.StringEqualsIgnoreCase, true),
        ["StringLike"] = (Comparison.StringLike, false),
        ["StringNotLike"] = (Comparison.StringLike, true),
        ["NumericEquals"] = (Comparison.NumericEquals, false),
        ["NumericNotEquals"] = (Comparison.NumericEquals, true),
        ["NumericLessThan"] = (Comparison.NumericLessThan, false),
        ["NumericLessThanEquals"] = (Comparison.NumericLessThanEquals, false),
        ["NumericGreaterThan"] = (Comparison.NumericGreaterThan, false),
        ["NumericGreaterThanEquals"] = (Comparison.NumericGreaterThanEquals, false),
        ["DateEquals"] = (Comparison.DateEquals, false),
        ["DateNotEquals"] = (Comparison.DateEquals, true),
        ["DateLessThan"] = (Comparison.DateLessThan, false),
        ["DateLessThanEquals"] = (Comparison.DateLessThanEquals, false),
        ["DateGreaterThan"] = (Comparison.DateGreaterThan, false),
        ["DateGreaterThanEquals"] = (Comparison.DateGreaterThanEquals, false),
        ["Bool"] = (Comparison.Bool, false),
        ["BinaryEquals"] = (Comparison.BinaryEquals, false),
        ["IpAddress"] = (Comparison.IpAddress, false),
        ["NotIpAddress"] = (Comparison.IpAddress, true),
        ["ArnEquals"] = (Comparison.ArnLike, false),
        ["ArnLike"] = (Comparison.ArnLike, false),
        ["ArnNotEquals"] = (Comparison.ArnLike, true),
        ["ArnNotLike"] = (Comparison.ArnLike, true),
        ["Null"] = (Comparison.Null, false),
    };

    /// <summary>Null for a name that is no operator.</summary>
    public static ConditionOperator? TryParse(string written)
    {
        var name = written;
        var quantifier = Quantifier.Single;
        if (TakePrefix(ref name, "ForAllValues:"))
        {
            quantifier = Quantifier.ForAllValues;
        }
        else if (TakePrefix(ref name, "ForAnyValue:"))
        {
            quantifier = Quantifier.ForAnyValue;
        }

        var ifExists = name.EndsWith("IfExists", StringComparison.OrdinalIgnoreCase);
        name = ifExists ? name[..^"IfExists".Length] : name;
        return Names.TryGetValue(name, out var found) && !(ifExists && found.Comparison == Comparison.Null)
            ? new ConditionOperator(found.Comparison, found.Negated, ifExists, quantifier)
            : null;
    }

    private static bool TakePrefix(ref string name, string prefix)
    {
        if (!name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        name = name[prefix.Length..];
        return true;
    }
}

/// <summary>Comparisons of typed values; a value that is not of the type compares as false.</summary>
internal static class TypedComparison
{
    public static bool Compare(Comparison comparison, string actual, string expected) => comparison switch
    {
        Comparison.NumericEquals or Comparison.NumericLessThan or Comparison.NumericLessThanEquals
            or Comparison.NumericGreaterThan or Comparison.NumericGreaterThanEquals => CompareNumbers(comparison, actual, expected),
        Comparison.DateEquals or Comparison.DateLessThan or Comparison.DateLessThanEquals
            or Comparison.DateGreaterThan or Comparison.DateGreaterThanEquals => CompareDates(comparison, actual, expected),
        Comparison.Bool => bool.TryParse(actual, out var a) && bool.TryParse(expected, out var b) && a == b,
        Comparison.BinaryEquals => string.Equals(actual, expected, StringComparison.Ordinal),
        Comparison.IpAddress => InNetwork(actual, expected),
        _ => false,
    };

    private static bool CompareNumbers(Comparison comparison, string actual, string expected) =>
        decimal.TryParse(actual, NumberStyles.Float, CultureInfo.InvariantCulture, out var a)
        && decimal.TryParse(expected, NumberStyles.Float, CultureInfo.InvariantCulture, out var b)
        && Holds(comparison - Comparison.NumericEquals, a.CompareTo(b));

    private static bool CompareDates(Comparison comparison, string actual, string expected) =>
        ParseDate(actual) is { } a && ParseDate(expected) is { } b && Holds(comparison - Comparison.DateEquals, a.CompareTo(b));

    /// <summary>The five orders stand in the same sequence in both families: =, &lt;, ≤, &gt;, ≥.</summary>
    private static bool Holds(int order, int sign) => order switch
    {
        0 => sign == 0,
        1 => sign < 0,
        2 => sign <= 0,
        3 => sign > 0,
        _ => sign >= 0,
    };

    /// <summary>A date is written in ISO 8601, or as seconds since 1970.</summary>
    private static DateTimeOffset? ParseDate(string text)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds))
        {
            return seconds is >= -62_135_596_800 and <= 253_402_300_799 ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
        }

        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Utc, out var date) ? date : null;
    }

    private static bool InNetwork(string actual, string network)
    {
        if (!IPAddress.TryParse(actual, out var address))
        {
            return false;
        }

        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        var slash = network.IndexOf('/', StringComparison.Ordinal);
        if (!IPAddress.TryParse(slash < 0 ? network : network[..slash], out var prefix) || prefix.AddressFamily != address.AddressFamily)
        {
            return false;
        }

        var bytes = prefix.GetAddressBytes();
        var length = bytes.Length * 8;
        return (slash < 0 || (int.TryParse(network.AsSpan(slash + 1), out length) && length >= 0 && length <= bytes.Length * 8))
            && SharePrefix(bytes, address.GetAddressBytes(), length);
    }

    private static bool SharePrefix(byte[] a, byte[] b, int bits)
    {
        var whole = bits / 8;
        var rest = bits % 8;
        return a.AsSpan(0, whole).SequenceEqual(b.AsSpan(0, whole))
            && (rest == 0 || (a[whole] ^ b[whole]) >> (8 - rest) == 0);
    }
}
