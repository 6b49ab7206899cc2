using CsCheck;
using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Server.Services.DynamoDb.Store.Items;
using Petrel.Storage;

namespace Petrel.Tests.DynamoDb.Items;

public sealed class ItemKeyTests
{
    private static readonly TableState Table = new()
    {
        Account = "111122223333",
        Region = "eu-west-1",
        Name = "t",
        Id = 0x00FF_0001_0000_00FF,
        TableId = Guid.Empty,
        Status = ResourceStatus.Active,
        CreatedAt = 0,
        Keys = new KeySchema(Schemas.Text("p"), new KeyAttribute("s", AttributeType.Binary)),
    };

    private static readonly Gen<byte[]> AnyBytes = Gen.OneOf<byte>(Gen.Const((byte)0), Gen.Const((byte)1), Gen.Const((byte)255), Gen.Byte).Array[1, 6];

    [Fact]
    public void Keys_OfOnePartition_AreInTheOrderOfSortKeys() => Gen.Select(AnyBytes, AnyBytes).Sample((a, b) =>
        Math.Sign(KeyOf("p", a).CompareTo(KeyOf("p", b))) == Math.Sign(a.AsSpan().SequenceCompareTo(b)));

    [Fact]
    public void BeginsWith_HoldsJustTheKeysThatBeginSo() => Gen.Select(AnyBytes, AnyBytes).Sample((beginning, sort) =>
    {
        var condition = new Petrel.Server.Services.DynamoDb.Model.Expressions.SortCondition(
            Petrel.Server.Services.DynamoDb.Model.Expressions.SortOperator.BeginsWith, AttributeValue.Of(beginning));
        var range = ItemKeys.Sorted(Table, null, AttributeValue.Of("p"), condition);
        return range.Contains(KeyOf("p", sort)) == sort.AsSpan().StartsWith(beginning);
    });

    [Fact]
    public void Segments_HoldEachKeyOnce() => Gen.Select(Gen.String, AnyBytes, Gen.Int[1, 1_000]).Sample((p, s, total) =>
    {
        var key = KeyOf(p, s);
        return Enumerable.Range(0, total).Count(segment => ItemKeys.Segment(Table, null, segment, total).Contains(key)) == 1;
    });

    [Fact]
    public void Collection_IsThatOfThePartitionKey() => Gen.Select(Gen.String, Gen.String, AnyBytes, AnyBytes).Sample((p, q, s, t) =>
        ItemKeys.CollectionOf(KeyOf(p, s)).SequenceEqual(ItemKeys.CollectionOf(KeyOf(p, t)))
        && (p == q || !ItemKeys.CollectionOf(KeyOf(p, s)).SequenceEqual(ItemKeys.CollectionOf(KeyOf(q, s)))));

    [Fact]
    public void LongestKeys_AreWithinTheStoresLimit()
    {
        var index = Schemas.Local("l", new KeyAttribute("l", AttributeType.Binary));
        var item = AttributeMap.Of(
            ("p", AttributeValue.Of(new string('\0', 2_048))), ("s", AttributeValue.Of(new byte[1_024])), ("l", AttributeValue.Of(new byte[1_024])));
        var key = ItemKeys.OfItem(Table, item);
        Assert.True(ItemKeys.TryOfEntry(index, item, key, out var entry));
        Assert.InRange(Math.Max(key.Bytes.Length, entry.Bytes.Length), 2_048, TransactionLimits.MaxKeyBytes);
    }

    private static Key KeyOf(string partition, byte[] sort) =>
        ItemKeys.OfItem(Table, AttributeMap.Of(("p", AttributeValue.Of(partition)), ("s", AttributeValue.Of(sort))));
}
