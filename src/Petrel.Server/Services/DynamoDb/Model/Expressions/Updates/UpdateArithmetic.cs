using Petrel.Aws.DynamoDb;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Model.Expressions.Updates;

/// <summary>Sums of numbers, and members put into sets and taken out of them.</summary>
internal static class UpdateArithmetic
{
    public static AttributeValue Sum(DynamoNumber left, DynamoNumber right) => DynamoNumber.TryAdd(left, right, out var sum, out var problem)
        ? AttributeValue.Of(sum)
        : throw CommonException.Validation(problem!);

    /// <summary>All members of either of two sets of one type.</summary>
    public static AttributeValue Union(AttributeValue set, AttributeValue more) => set.Type switch
    {
        AttributeType.StringSet => AttributeValue.Of(Union(set.Strings, more.Strings, StringComparer.Ordinal)),
        AttributeType.NumberSet => AttributeValue.Of(Union(set.Numbers, more.Numbers, EqualityComparer<DynamoNumber>.Default)),
        _ => AttributeValue.Of(Union(set.Binaries, more.Binaries, BytesComparer.Instance)),
    };

    /// <summary>The members of a set that another one of its type has not; null where none is left.</summary>
    public static AttributeValue? Difference(AttributeValue set, AttributeValue less)
    {
        switch (set.Type)
        {
            case AttributeType.StringSet:
                var strings = Difference(set.Strings, less.Strings, StringComparer.Ordinal);
                return strings.Length == 0 ? null : AttributeValue.Of(strings);
            case AttributeType.NumberSet:
                var numbers = Difference(set.Numbers, less.Numbers, EqualityComparer<DynamoNumber>.Default);
                return numbers.Length == 0 ? null : AttributeValue.Of(numbers);
            default:
                var binaries = Difference(set.Binaries, less.Binaries, BytesComparer.Instance);
                return binaries.Length == 0 ? null : AttributeValue.Of(binaries);
        }
    }

    private static T[] Union<T>(IReadOnlyList<T> set, IReadOnlyList<T> more, IEqualityComparer<T> comparer) => [.. set.Union(more, comparer)];

    private static T[] Difference<T>(IReadOnlyList<T> set, IReadOnlyList<T> less, IEqualityComparer<T> comparer) => [.. set.Except(less, comparer)];
}
