using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Syntax;

namespace Petrel.Server.Services.DynamoDb.Model.Expressions.Operands;

/// <summary>How values compare: only within one type, texts by their UTF-8, binaries as unsigned bytes, numbers by value.</summary>
internal static class ValueOrder
{
    public static bool Holds(Comparator comparator, AttributeValue? left, AttributeValue? right) => comparator switch
    {
        Comparator.Equal => left is not null && left.Equals(right),
        Comparator.NotEqual => left is null || !left.Equals(right),
        _ => TryCompare(left, right, out var order) && comparator switch
        {
            Comparator.Less => order < 0,
            Comparator.LessOrEqual => order <= 0,
            Comparator.Greater => order > 0,
            _ => order >= 0,
        },
    };

    /// <summary>False where the two are not of one ordered type.</summary>
    public static bool TryCompare(AttributeValue? left, AttributeValue? right, out int order)
    {
        order = 0;
        if (left is null || right is null || left.Type != right.Type)
        {
            return false;
        }

        switch (left.Type)
        {
            case AttributeType.String:
                order = CompareUtf8(left.Text, right.Text);
                return true;
            case AttributeType.Number:
                order = left.Number.CompareTo(right.Number);
                return true;
            case AttributeType.Binary:
                order = left.Bytes.AsSpan().SequenceCompareTo(right.Bytes);
                return true;
            default:
                return false;
        }
    }

    /// <summary>The order of the texts' UTF-8, which is that of their code points, and not that of UTF-16.</summary>
    public static int CompareUtf8(string left, string right)
    {
        var length = Math.Min(left.Length, right.Length);
        var same = left.AsSpan(0, length).CommonPrefixLength(right.AsSpan(0, length));
        if (same == length)
        {
            return left.Length.CompareTo(right.Length);
        }

        var (a, b) = (left[same], right[same]);
        // Surrogates stand for code points above all others.
        return char.IsSurrogate(a) == char.IsSurrogate(b) ? a.CompareTo(b) : char.IsSurrogate(a) ? 1 : -1;
    }

    public static bool BeginsWith(AttributeValue? value, AttributeValue? prefix) => value is not null && prefix is not null && value.Type == prefix.Type
        && value.Type switch
        {
            AttributeType.String => value.Text.StartsWith(prefix.Text, StringComparison.Ordinal),
            AttributeType.Binary => value.Bytes.AsSpan().StartsWith(prefix.Bytes),
            _ => false,
        };

    /// <summary>A text or binary inside another one, a member of a set, an element of a list.</summary>
    public static bool Contains(AttributeValue? container, AttributeValue? part) => container is not null && part is not null
        && (container.Type, part.Type) switch
        {
            (AttributeType.String, AttributeType.String) => container.Text.Contains(part.Text, StringComparison.Ordinal),
            (AttributeType.Binary, AttributeType.Binary) => container.Bytes.AsSpan().IndexOf(part.Bytes) >= 0,
            (AttributeType.StringSet, AttributeType.String) => container.Strings.Contains(part.Text),
            (AttributeType.NumberSet, AttributeType.Number) => container.Numbers.Contains(part.Number),
            (AttributeType.BinarySet, AttributeType.Binary) => container.Binaries.Contains(part.Bytes, BytesComparer.Instance),
            (AttributeType.List, _) => container.Items.Contains(part),
            _ => false,
        };

    public static bool IsBetween(AttributeValue? value, AttributeValue? low, AttributeValue? high) =>
        TryCompare(value, low, out var above) && above >= 0 && TryCompare(value, high, out var below) && below <= 0;
}
