using CsCheck;
using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Values;
using Petrel.Server.Services.DynamoDb.Store;

namespace Petrel.Tests.DynamoDb.Values;

public sealed class ItemCodecTests
{
    [Fact]
    public void Decode_AnyItem_IsTheSameItem() => Attributes.AnyMap().Sample(item =>
    {
        var decoded = ItemCodec.Decode(ItemCodec.Encode(item));
        return decoded.Equals(item) && item.Equals(decoded) && decoded.Count == item.Count && decoded.SizeBytes == ItemSize.Of(item);
    });

    [Fact]
    public void WriteJson_AnyItem_IsTheItemsJson() => Attributes.AnyMap().Sample(item =>
        Attributes.Write(ItemCodec.Decode(ItemCodec.Encode(item))) == Attributes.Write(item));

    [Fact]
    public void TryGetValue_EveryNameAndAnother_FindsWhatIsThere() => Attributes.AnyMap().Sample(item =>
    {
        var decoded = ItemCodec.Decode(ItemCodec.Encode(item));
        return item.All(entry => decoded.TryGetValue(entry.Key, out var value) && value.Equals(entry.Value)) && !decoded.ContainsKey("not-there");
    });

    [Fact]
    public void Encode_EncodedItem_GivesItsBytes() => Attributes.AnyMap().Sample(item =>
        ItemCodec.Encode(ItemCodec.Decode(ItemCodec.Encode(item))).AsSpan().SequenceEqual(ItemCodec.Encode(item)));

    [Fact]
    public void Decode_CutBytes_AreFoundDamaged() => Gen.Select(Attributes.AnyMap(), Gen.Double[0, 1]).Sample((item, part) =>
    {
        var bytes = ItemCodec.Encode(item);
        var cut = bytes[..(int)(part * (bytes.Length - 1))];
        Assert.Throws<InvalidDataException>(() => ItemCodec.Decode(cut).Decoded());
    });

    [Fact]
    public void Decode_OfAnUnknownVersion_IsRefused() =>
        Assert.Throws<InvalidDataException>(() => ItemCodec.Decode(new byte[] { 9, 0, 0, 0, 0, 0 }));

    [Theory]
    [InlineData("""{"pk":{"S":"é"}}""", 4)]
    [InlineData("""{"a":{"BOOL":true},"b":{"NULL":true}}""", 4)]
    [InlineData("""{"a":{"L":[]}}""", 4)]
    [InlineData("""{"a":{"L":[{"S":"xy"}]}}""", 7)]
    [InlineData("""{"a":{"M":{"b":{"S":"xy"}}}}""", 8)]
    [InlineData("""{"a":{"SS":["x","yz"]},"b":{"BS":["AQI="]},"c":{"NS":["1"]}}""", 10)]
    public void Size_OfItem_FollowsTheDocumentedRules(string item, int bytes) => Assert.Equal(bytes, ItemSize.Of(Attributes.Read(item)));
}
