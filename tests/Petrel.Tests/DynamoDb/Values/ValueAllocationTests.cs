using System.Buffers;
using System.Text;
using System.Text.Json;
using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Expressions;
using Petrel.Server.Services.DynamoDb.Store;

namespace Petrel.Tests.DynamoDb.Values;

/// <summary>What the hot path of items may allocate, in bytes, for an item of 1 KB with ten attributes; a number here may only shrink.</summary>
public sealed class ValueAllocationTests
{
    private const int Rounds = 500;

    private static readonly byte[] Json = Encoding.UTF8.GetBytes(
        """{"id":{"S":"user-000001"},"sort":{"N":"42"},"active":{"BOOL":true},"score":{"N":"12.75"},"tags":{"SS":["a","b","c"]},"address":"""
        + """{"M":{"street":{"S":"Main"},"city":{"S":"Town"}}},"one":{"S":"ONE"},"two":{"S":"TWO"},"three":{"S":"THREE"},"none":{"NULL":true}}"""
            .Replace("ONE", new string('x', 300)).Replace("TWO", new string('y', 300)).Replace("THREE", new string('z', 200)));

    private static readonly byte[] Stored = ItemCodec.Encode(Attributes.Read(Json));

    [Fact]
    public void Read_Item_AllocatesItsValuesAndTheirTexts() => AssertBudget(3_600, () =>
    {
        var reader = new Utf8JsonReader(Json);
        reader.Read();
        AttributeMap.ReadJson(ref reader);
    });

    [Fact]
    public void Encode_Item_AllocatesItsBytes()
    {
        var item = Attributes.Read(Json);
        AssertBudget(Stored.Length + 400, () => ItemCodec.Encode(item));
    }

    /// <summary>From the store to the answer there is no value in between.</summary>
    [Fact]
    public void WriteJson_StoredItem_AllocatesTheItemAlone()
    {
        var buffer = new ArrayBufferWriter<byte>(4_096);
        using var writer = new Utf8JsonWriter(buffer);
        AssertBudget(80, () =>
        {
            buffer.ResetWrittenCount();
            writer.Reset(buffer);
            ItemCodec.Decode(Stored).WriteJson(writer);
            writer.Flush();
        });
    }

    [Fact]
    public void TryGetValue_StoredItem_AllocatesThatValue()
    {
        var item = ItemCodec.Decode(Stored);
        AssertBudget(100, () => item.TryGetValue("sort", out _));
    }

    /// <summary>The text has been parsed before; its placeholders are replaced anew.</summary>
    [Fact]
    public void Condition_ParsedAgain_AllocatesItsTree()
    {
        var names = new Dictionary<string, string> { ["#s"] = "sort" };
        var values = Attributes.Read("""{":v":{"N":"42"}}""");
        var item = ItemCodec.Decode(Stored);
        AssertBudget(1_700, () =>
        {
            var scope = new ExpressionScope(names, values);
            var condition = Condition.Parse("attribute_exists(id) AND #s = :v", ExpressionKind.ConditionExpression, scope);
            scope.ThrowIfUnused();
            Assert.True(condition.Holds(item));
        });
    }

    private static void AssertBudget(long bytes, Action action)
    {
        for (var i = 0; i < 200; i++)
        {
            action();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Rounds; i++)
        {
            action();
        }

        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / Rounds;
        Assert.True(each <= bytes, $"{each} bytes were allocated, {bytes} are the budget.");
    }
}
