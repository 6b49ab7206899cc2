using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CsCheck;
using Petrel.Aws.DynamoDb;

namespace Petrel.Tests.DynamoDb.Values;

/// <summary>Attributes for tests: from JSON, to JSON, and any at all.</summary>
internal static class Attributes
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static readonly Gen<DynamoNumber> AnyNumber = Gen.OneOf(
        Gen.Long.Select(DynamoNumber.Of),
        Gen.Long[-200, 200].Select(DynamoNumber.Of),
        Gen.Select(Gen.Bool, Gen.ULong, Gen.ULong, Gen.Int[-130, 125]).Select((isNegative, high, low, magnitude) =>
        {
            var digits = new UInt128(high, low) % UInt128.Parse("100000000000000000000000000000000000000");
            return DynamoNumber.Parse($"{(isNegative ? "-" : "")}{digits.ToString().Insert(1, ".")}E{magnitude}");
        }));

    private static readonly Gen<string> AnyText = Gen.OneOf(Gen.Char.AlphaNumeric.Array[0, 12], Gen.OneOf<char>('\0', '"', '\\', 'é', '\u20AC').Array[0, 4])
        .Select(chars => new string(chars));

    private static readonly Gen<byte[]> AnyBytes = Gen.Byte.Array[0, 8];

    private static readonly Gen<AttributeValue> AnyScalar = Gen.OneOf(
        AnyText.Select(AttributeValue.Of),
        AnyNumber.Select(AttributeValue.Of),
        AnyBytes.Select(AttributeValue.Of),
        Gen.Bool.Select(AttributeValue.Of),
        Gen.Const(AttributeValue.Null),
        AnyText.Array[1, 4].Select(texts => AttributeValue.Of(texts.Distinct().ToArray())),
        AnyNumber.Array[1, 4].Select(numbers => AttributeValue.Of(numbers.Distinct().ToArray())),
        AnyBytes.Array[1, 4].Select(binaries => AttributeValue.Of(binaries.Distinct(BytesComparer.Instance).ToArray())));

    public static Gen<AttributeValue> AnyValue(int depth = 3) => depth == 0
        ? AnyScalar
        : Gen.Frequency(
            (6, AnyScalar),
            (1, AnyValue(depth - 1).Array[0, 4].Select(items => AttributeValue.Of(items))),
            (1, AnyMap(depth - 1).Select(AttributeValue.Of)));

    public static Gen<AttributeMap> AnyMap(int depth = 3) => Gen.Select(AnyText, AnyValue(depth)).Array[0, 6].Select(entries =>
    {
        var builder = new AttributeMapBuilder();
        foreach (var (name, value) in entries)
        {
            builder.Set(name, value);
        }

        return builder.Build();
    });

    public static AttributeMap Read(string json) => Read(Encoding.UTF8.GetBytes(json));

    public static AttributeMap Read(byte[] json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 512 });
        reader.Read();
        var map = AttributeMap.ReadJson(ref reader);
        Assert.False(reader.Read());
        return map;
    }

    public static string Write(AttributeMap map)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Plain))
        {
            map.WriteJson(writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
