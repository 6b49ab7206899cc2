using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Store;

namespace Petrel.Tests.DynamoDb.Items;

public sealed class ItemJsonTests
{
    private static readonly Gen<string> AnyText =
        Gen.OneOf<string>("\"", "\\", "\0", "\u001f", "\n", "a", "/", "é", "\u2028", "😀", "<").Array[0, 6].Select(string.Concat);

    private static readonly Gen<AttributeValue> AnyScalar = Gen.OneOf(
        AnyText.Select(text => AttributeValue.Of(text)),
        Gen.Long.Select(number => AttributeValue.Of(number)),
        Gen.Byte.Array[0, 5].Select(bytes => AttributeValue.Of(bytes)),
        Gen.Bool.Select(flag => AttributeValue.Of(flag)),
        Gen.Const(AttributeValue.Null),
        AnyText.HashSet[1, 3].Select(set => AttributeValue.Of(set.ToArray())),
        Gen.Long.HashSet[1, 3].Select(set => AttributeValue.Of(set.Select(number => DynamoNumber.Of(number)).ToArray())),
        Gen.Const(AttributeValue.Of(new byte[][] { [1, 2], [3] })));

    private static readonly Gen<AttributeValue> AnyValue = Gen.OneOf(
        AnyScalar,
        AnyScalar.Array[0, 3].Select(values => AttributeValue.Of(values)),
        Gen.Select(AnyText, AnyScalar, (name, value) => AttributeValue.Of(AttributeMap.Of((name, value)))));

    [Fact]
    public void StoredItem_IsWrittenAsItsAttributesAre() => Gen.Select(AnyText, AnyValue, AnyValue).Sample((name, first, second) =>
    {
        var item = AttributeMap.Of((name, first), (name + "2", second));
        return JsonNode.DeepEquals(Parse(item), Parse(ItemCodec.Decode(ItemCodec.Encode(item))));
    });

    /// <summary>Within a list, as pages are answered.</summary>
    private static JsonNode Parse(AttributeMap item)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            item.WriteJson(writer);
            item.WriteJson(writer);
            writer.WriteEndArray();
        }

        return JsonNode.Parse(buffer.WrittenSpan)!;
    }
}
