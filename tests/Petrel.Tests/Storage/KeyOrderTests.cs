using System.Text;
using CsCheck;
using Petrel.Storage;

namespace Petrel.Tests.Storage;

/// <summary>The order of keys is the order of their tuples.</summary>
public sealed class KeyOrderTests
{
    private static readonly Gen<object> AnyPart = Gen.Frequency<object>(
        (2, Gen.OneOf<char>('\0', '\u0001', 'a', 'b', 'é', '\uFFFD').Array[0, 4].Select(chars => (object)new string(chars))),
        (2, Gen.OneOf<byte>(0, 1, 0xFE, 0xFF).Array[0, 4].Select(bytes => (object)bytes)),
        (1, Gen.OneOf(Gen.Long, Gen.OneOf<long>(long.MinValue, -1L, 0L, 1L, long.MaxValue)).Select(number => (object)number)),
        (1, Gen.OneOf(Gen.ULong, Gen.OneOf<ulong>(0UL, 1UL, ulong.MaxValue)).Select(number => (object)number)));

    private static readonly Subspace Space = new("order");

    [Fact]
    public void Encode_TwoTuples_OrderAsTheirElements() => Gen.Select(AnyPart.Array[0, 4], AnyPart.Array[0, 4]).Sample((left, right) =>
        Math.Sign(KeyOf(left).CompareTo(KeyOf(right))) == Math.Sign(Compare(left, right)));

    [Fact]
    public void Unpack_AnyTuple_GivesItsElements() => AnyPart.Array[0, 5].Sample(parts =>
        Compare(Space.Unpack(KeyOf(parts)).Select(ToObject).ToArray(), parts) == 0);

    [Fact]
    public void Range_AnyPrefix_HoldsExactlyLongerTuples() => Gen.Select(AnyPart.Array[0, 3], AnyPart.Array[0, 4]).Sample((prefix, tuple) =>
        Space.Range(Parts(prefix)).Contains(KeyOf(tuple))
        == (tuple.Length > prefix.Length && Compare(tuple[..prefix.Length], prefix) == 0 || Compare(tuple, prefix) == 0));

    [Fact]
    public void LogKey_AnyTwoEntries_OrderByLogThenPosition() => Gen.Select(
        Gen.OneOf<byte>(0, 1, 0xFF).Array[0, 3], Gen.OneOf<byte>(0, 1, 0xFF).Array[0, 3], Gen.ULong[0, 300], Gen.ULong[0, 300])
        .Sample((left, right, leftAt, rightAt) =>
        {
            var (a, b) = (new Key(left), new Key(right));
            var expected = a == b ? leftAt.CompareTo(rightAt) : a.CompareTo(b);
            return Math.Sign(LogKey.Entry(a, new LogPosition(leftAt)).CompareTo(LogKey.Entry(b, new LogPosition(rightAt)))) == Math.Sign(expected)
                && LogKey.Within(new KeyRange(a, b)).Contains(LogKey.Entry(a, new LogPosition(leftAt))) == a < b;
        });

    private static Key KeyOf(object[] parts) => Space.Key(Parts(parts));

    private static KeyPart[] Parts(object[] parts) => Array.ConvertAll(parts, part => part switch
    {
        string text => (KeyPart)text,
        byte[] bytes => bytes,
        long number => number,
        ulong number => number,
        _ => throw new ArgumentOutOfRangeException(nameof(parts)),
    });

    private static object ToObject(KeyPart part) => part.Kind switch
    {
        KeyPartKind.String => part.Text,
        KeyPartKind.Bytes => part.Bytes.ToArray(),
        KeyPartKind.Int64 => part.Int64,
        _ => part.UInt64,
    };

    private static int Compare(object[] left, object[] right)
    {
        for (var i = 0; i < Math.Min(left.Length, right.Length); i++)
        {
            var order = ComparePart(left[i], right[i]);
            if (order != 0)
            {
                return order;
            }
        }

        return left.Length.CompareTo(right.Length);
    }

    private static int ComparePart(object left, object right) => (left, right) switch
    {
        (byte[] a, byte[] b) => a.AsSpan().SequenceCompareTo(b),
        (string a, string b) => Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b)),
        (long a, long b) => a.CompareTo(b),
        (ulong a, ulong b) => a.CompareTo(b),
        _ => KindOf(left).CompareTo(KindOf(right)),
    };

    private static KeyPartKind KindOf(object part) => part switch
    {
        byte[] => KeyPartKind.Bytes,
        string => KeyPartKind.String,
        long => KeyPartKind.Int64,
        _ => KeyPartKind.UInt64,
    };
}
