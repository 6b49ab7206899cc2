using System.Text.Json;
using CsCheck;
using Petrel.Aws.DynamoDb;
using Petrel.Wire;

namespace Petrel.Tests.DynamoDb.Values;

public sealed class AttributeReaderTests
{
    private const string Everything = """{"s":{"S":"text"},"n":{"N":"1.5"},"b":{"B":"AQI="},"t":{"BOOL":true},"f":{"BOOL":false},"z":{"NULL":true},"ss":{"SS":["a","b"]},"ns":{"NS":["1","2"]},"bs":{"BS":["AQI=","Aw=="]},"l":{"L":[{"S":"a"},{"L":[]}]},"m":{"M":{"x":{"N":"-1"},"y":{"M":{}}}},"":{"S":""}}""";

    [Fact]
    public void Json_OfEveryType_RoundTrips() => Assert.Equal(Everything, Attributes.Write(Attributes.Read(Everything)));

    [Fact]
    public void Json_OfAnyMap_RoundTrips() => Attributes.AnyMap().Sample(map => Attributes.Read(Attributes.Write(map)).Equals(map));

    [Fact]
    public void Json_WithUnknownMembersNullsAndRepeatedNames_TakesTheLast() =>
        Assert.Equal("""{"a":{"S":"2"}}""", Attributes.Write(Attributes.Read("""{"a":{"S":"1"},"a":{"X":{"Y":[1]},"N":null,"S":"2"}}""")));

    [Fact]
    public void Equality_OfSetsAndNumbers_IsByValue()
    {
        var left = Attributes.Read("""{"a":{"NS":["1","2.0"]},"b":{"SS":["x","y"]},"c":{"BS":["AQ==","Ag=="]}}""");
        var right = Attributes.Read("""{"c":{"BS":["Ag==","AQ=="]},"b":{"SS":["y","x"]},"a":{"NS":["2","1e0"]}}""");
        Assert.Equal(left, right);
        Assert.Equal(left["a"].GetHashCode(), right["a"].GetHashCode());
    }

    [Theory]
    [InlineData("""{}""", "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes")]
    [InlineData("""null""", "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes")]
    [InlineData("""{"S":null}""", "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes")]
    [InlineData("""{"S":"a","N":"1"}""", "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes")]
    [InlineData("""{"S":"a","N":"b"}""", "The parameter cannot be converted to a numeric value: b")]
    [InlineData("""{"N":""}""", "The parameter cannot be converted to a numeric value")]
    [InlineData("""{"N":"1e126"}""", "Number overflow. Attempting to store a number with magnitude larger than supported range")]
    [InlineData("""{"NULL":false}""", "One or more parameter values were invalid: Null attribute value types must have the value of true")]
    [InlineData("""{"SS":[]}""", "One or more parameter values were invalid: An string set  may not be empty")]
    [InlineData("""{"NS":[]}""", "One or more parameter values were invalid: An number set  may not be empty")]
    [InlineData("""{"BS":[]}""", "One or more parameter values were invalid: Binary sets should not be empty")]
    [InlineData("""{"SS":["a","a"]}""", "One or more parameter values were invalid: Input collection [a, a] contains duplicates.")]
    [InlineData("""{"NS":["1","1.0"]}""", "Input collection contains duplicates")]
    [InlineData("""{"NS":["1","x"]}""", "The parameter cannot be converted to a numeric value: x")]
    [InlineData("""{"BS":["AQI=","AQI="]}""", "One or more parameter values were invalid: Input collection [AQI=, AQI=]of type BS contains duplicates.")]
    [InlineData("""{"L":[{"S":"a"},{"N":"x"}]}""", "The parameter cannot be converted to a numeric value: x")]
    [InlineData("""{"M":{"a":{"M":{"b":{}}}}}""", "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes")]
    public void Value_ThatBreaksARule_IsReadWithItsProblem(string value, string problem)
    {
        var map = Attributes.Read($$$"""{"good":{"S":"a"},"bad":{{{value}}},"later":{"N":"y"}}""");
        Assert.Equal(problem, map.Problem);
        Assert.Equal("bad", map.ProblemName);
        Assert.Equal(problem, Assert.Throws<CommonException>(map.ThrowIfBad).Message);
    }

    [Theory]
    [InlineData("""{"S":1}""", "NUMBER_VALUE cannot be converted to String")]
    [InlineData("""{"S":1.5}""", "DECIMAL_VALUE cannot be converted to String")]
    [InlineData("""{"N":true}""", "TRUE_VALUE cannot be converted to String")]
    [InlineData("""{"S":["a"]}""", "Unrecognized collection type class java.lang.String")]
    [InlineData("""{"S":{}}""", "Start of structure or map found where not expected")]
    [InlineData("""{"B":1}""", "only base-64-encoded strings are convertible to bytes")]
    [InlineData("""{"B":"abc"}""", "Base64 encoded length is expected a multiple of 4 bytes but found: 3")]
    [InlineData("""{"B":"ab=c"}""", "Invalid last non-pad Base64 character dectected")]
    [InlineData("""{"BOOL":1}""", "NUMBER_VALUE cannot be converted to Boolean")]
    [InlineData("""{"BOOL":"maybe"}""", "Unexpected token received from parser")]
    [InlineData("""{"SS":"a"}""", "Unexpected field type")]
    [InlineData("""{"L":{}}""", "Start of structure or map found where not expected")]
    [InlineData("""{"M":[]}""", "Unrecognized collection type java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValue>")]
    [InlineData("\"text\"", "Unexpected value type in payload")]
    [InlineData("[]", "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue")]
    public void Value_OfTheWrongKindOfJson_IsASerializationException(string value, string message)
    {
        var error = Assert.Throws<CommonException>(() => Attributes.Read($$"""{"bad":{{value}}}"""));
        Assert.Equal("SerializationException", error.Code);
        Assert.Equal(message, error.Message);
    }

    [Theory]
    [InlineData(32, true)]
    [InlineData(33, false)]
    [InlineData(200, false)]
    public void Value_NestedInLevels_IsGoodUpTo32(int levels, bool isGood)
    {
        var value = string.Concat(Enumerable.Repeat("""{"L":[""", levels)) + """{"S":"x"}""" + string.Concat(Enumerable.Repeat("]}", levels));
        Assert.Equal(isGood, Attributes.Read($$"""{"a":{{value}}}""").Problem is null);
    }

    [Fact]
    public void Json_Mutated_IsReadOrRefusedAndNothingElse() => Mutations.Of(
        [Everything],
        ["{", "}", "[", "]", ",", ":", "\"", "null", "1e999", "\\u00e9", "\\ud800", "{\"L\":[", "{\"M\":{\"a\":", "\"N\":", "\"SS\":[\"a\",\"a\"]"]).Sample(
        text =>
        {
            try
            {
                var map = Attributes.Read(text);
                if (map.Problem is null)
                {
                    Assert.Equal(map, Attributes.Read(Attributes.Write(map)));
                }
            }
            catch (Exception refused) when (refused is JsonException or CommonException { Code: "SerializationException" } || IsBadUnicode(refused))
            {
            }
        });

    /// <summary>The reader's own word for half a surrogate pair; the wire answers it with a <c>SerializationException</c>.</summary>
    private static bool IsBadUnicode(Exception refused) => refused is InvalidOperationException;
}
