using System.Text;
using Petrel.Aws.DynamoDb;

namespace Petrel.Server.Services.DynamoDb.Model.Values;

/// <summary>
/// The size of items in bytes: names and texts in UTF-8, lists and maps with 3 bytes and 1 an entry, as the service's documentation of item
/// sizes says; numbers as the service counts them, which rounds up before and after the decimal point.
/// </summary>
internal static class ItemSize
{
    /// <summary>The largest item: 400 KB.</summary>
    public const int MaxBytes = 400 * 1024;

    private const int ContainerBytes = 3;

    public static int Of(AttributeMap item)
    {
        var size = 0;
        foreach (var (name, value) in item)
        {
            size += Encoding.UTF8.GetByteCount(name) + Of(value);
        }

        return size;
    }

    public static int Of(AttributeValue value) => value.Type switch
    {
        AttributeType.String => Encoding.UTF8.GetByteCount(value.Text),
        AttributeType.Number => Of(value.Number),
        AttributeType.Binary => value.Bytes.Length,
        AttributeType.StringSet => Sum(value.Strings, Encoding.UTF8.GetByteCount),
        AttributeType.NumberSet => Sum(value.Numbers, Of),
        AttributeType.BinarySet => Sum(value.Binaries, static binary => binary.Length),
        AttributeType.Map => ContainerBytes + value.Map.Count + Of(value.Map),
        AttributeType.List => ContainerBytes + value.Items.Count + Sum(value.Items, Of),
        _ => 1,
    };

    /// <summary>One byte, one for two digits before the point, one for two digits behind it, and one for a minus.</summary>
    public static int Of(DynamoNumber number)
    {
        if (number.IsZero)
        {
            return 1;
        }

        // Digits are paired from the decimal point, so a number is as long as the pairs that it touches.
        var first = Pair(number.Magnitude);
        var last = Pair(number.Exponent);
        return 1 + (first - last + 1) + (number.IsNegative ? 1 : 0);
    }

    /// <summary>Which pair of digits the power of ten belongs to: 0 and 1 are the pair before the point, -1 and -2 the one behind it.</summary>
    private static int Pair(int power) => power >= 0 ? power / 2 : ((power + 1) / 2) - 1;

    private static int Sum<T>(IReadOnlyList<T> items, Func<T, int> size)
    {
        var sum = 0;
        for (var i = 0; i < items.Count; i++)
        {
            sum += size(items[i]);
        }

        return sum;
    }
}
