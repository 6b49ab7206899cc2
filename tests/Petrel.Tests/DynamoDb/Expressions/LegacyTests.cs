using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Legacy;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Tests.DynamoDb.Values;
using Petrel.Wire;

namespace Petrel.Tests.DynamoDb.Expressions;

public sealed class LegacyTests
{
    private const string Invalid = "One or more parameter values were invalid: ";

    private static readonly AttributeMap Item = Attributes.Read("""{"n":{"N":"5"},"s":{"S":"hello"},"t":{"SS":["x"]},"l":{"L":[{"S":"x"}]}}""");

    [Theory]
    [InlineData("n", "EQ", """{"N":"5"}""", true)]
    [InlineData("n", "NE", """{"N":"5"}""", false)]
    [InlineData("nope", "NE", """{"N":"5"}""", true)]
    [InlineData("n", "LT", """{"N":"9"}""", true)]
    [InlineData("n", "GE", """{"S":"a"}""", false)]
    [InlineData("s", "BEGINS_WITH", """{"S":"he"}""", true)]
    [InlineData("s", "CONTAINS", """{"S":"ll"}""", true)]
    [InlineData("t", "CONTAINS", """{"S":"x"}""", true)]
    [InlineData("l", "NOT_CONTAINS", """{"S":"x"}""", false)]
    [InlineData("nope", "NOT_CONTAINS", """{"S":"x"}""", false)]
    [InlineData("nope", "NULL", null, true)]
    [InlineData("n", "NOT_NULL", null, true)]
    [InlineData("n", "IN", """{"N":"5"}""", true)]
    public void Filter_OfOneOperator_HoldsAsTheServiceSays(string attribute, string name, string? value, bool holds) =>
        Assert.Equal(holds, LegacyParameters.Filter(new Dictionary<string, AttributeCondition> { [attribute] = new(name, List(value)) }, null)!.Holds(Item));

    [Fact]
    public void Filter_OfSeveral_IsJoinedByTheOperator()
    {
        var filter = new Dictionary<string, AttributeCondition>
        {
            ["n"] = new("EQ", List("""{"N":"5"}""")),
            ["s"] = new("EQ", List("""{"S":"other"}""")),
        };
        Assert.False(LegacyParameters.Filter(filter, null)!.Holds(Item));
        Assert.False(LegacyParameters.Filter(filter, "AND")!.Holds(Item));
        Assert.True(LegacyParameters.Filter(filter, "OR")!.Holds(Item));
        Assert.Equal(["n", "s"], LegacyParameters.Filter(filter, "OR")!.Attributes);
    }

    [Theory]
    [InlineData("EQ", null, "Invalid number of argument(s) for the EQ ComparisonOperator")]
    [InlineData("NULL", """{"S":"a"}""", "Invalid number of argument(s) for the NULL ComparisonOperator")]
    [InlineData("BETWEEN", """{"S":"a"}""", "Invalid number of argument(s) for the BETWEEN ComparisonOperator")]
    [InlineData("LT", """{"BOOL":true}""", "ComparisonOperator LT is not valid for BOOL AttributeValue type")]
    [InlineData("BEGINS_WITH", """{"N":"1"}""", "ComparisonOperator BEGINS_WITH is not valid for N AttributeValue type")]
    public void Filter_OfWrongValues_IsRefused(string name, string? value, string problem) => Assert.Equal(
        Invalid + problem, Refusal(() => LegacyParameters.Filter(new Dictionary<string, AttributeCondition> { ["a"] = new(name, List(value)) }, null)!));

    [Fact]
    public void Filter_OfMixedOrTurnedBounds_IsRefused()
    {
        Assert.Equal(
            Invalid + "AttributeValues inside AttributeValueList must be of same type",
            Refusal(() => Filter(new("BETWEEN", [Value("""{"S":"a"}"""), Value("""{"N":"1"}""")]))));
        Assert.Equal(
            "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound",
            Refusal(() => Filter(new("BETWEEN", [Value("""{"N":"2"}"""), Value("""{"N":"1"}""")]))));
        Assert.Equal("The parameter cannot be converted to a numeric value: x", Refusal(() => Filter(new("EQ", List("""{"N":"x"}""")))));
    }

    [Fact]
    public void Expected_ValueAndExists_MeanWhatTheySay()
    {
        Assert.True(Expected(new(Value("""{"N":"5"}"""))));
        Assert.True(Expected(new(Value("""{"N":"5"}"""), Exists: true)));
        Assert.False(Expected(new(Exists: false)));
        Assert.True(Expected(new(ComparisonOperator: "GT", AttributeValueList: List("""{"N":"4"}"""))));
        Assert.True(Expected(new(Value("""{"N":"4"}"""), ComparisonOperator: "GT")));
    }

    [Fact]
    public void Expected_OfPartsThatDoNotGoTogether_IsRefused()
    {
        var value = Value("""{"N":"5"}""");
        Assert.Equal(
            Invalid + "Value and AttributeValueList cannot be used together for Attribute: n",
            Refusal(() => Expected(new(value, AttributeValueList: [value]))));
        Assert.Equal(
            Invalid + "Exists and ComparisonOperator cannot be used together for Attribute: n",
            Refusal(() => Expected(new(value, Exists: true, ComparisonOperator: "EQ"))));
        Assert.Equal(
            Invalid + "Value or AttributeValueList must be used with ComparisonOperator: EQ for Attribute: n",
            Refusal(() => Expected(new(ComparisonOperator: "EQ"))));
        Assert.Equal(
            Invalid + "AttributeValueList can only be used with a ComparisonOperator for Attribute: n",
            Refusal(() => Expected(new(AttributeValueList: [value]))));
        Assert.Equal(Invalid + "Value must be provided when Exists is null for Attribute: n", Refusal(() => Expected(new())));
        Assert.Equal(Invalid + "Value must be provided when Exists is true for Attribute: n", Refusal(() => Expected(new(Exists: true))));
        Assert.Equal(
            Invalid + "Value cannot be used when Exists is false for Attribute: n", Refusal(() => Expected(new(value, Exists: false))));
    }

    [Fact]
    public void Updates_OfEachAction_ChangeTheItem()
    {
        var outcome = LegacyParameters.Updates(new Dictionary<string, AttributeValueUpdate>
        {
            ["n"] = new(Value("""{"N":"2"}"""), "ADD"),
            ["t"] = new(Value("""{"SS":["x"]}"""), "DELETE"),
            ["l"] = new(Value("""{"L":[{"S":"y"}]}"""), "ADD"),
            ["s"] = new(null, "DELETE"),
            ["new"] = new(Value("""{"S":"put"}""")),
        }).Apply(Item);
        Assert.Equal(
            Attributes.Read("""{"n":{"N":"7"},"l":{"L":[{"S":"x"},{"S":"y"}]},"new":{"S":"put"}}"""), outcome.Item);
        Assert.Equal(Item, outcome.UpdatedOld());
    }

    [Theory]
    [InlineData(null, "PUT", "Only DELETE action is allowed when no attribute value is specified")]
    [InlineData("""{"S":"a"}""", "DELETE", "DELETE action with value is not supported for the type S")]
    [InlineData("""{"S":"a"}""", "ADD", "ADD action is not supported for the type S")]
    public void Updates_OfWrongActions_AreRefused(string? value, string action, string problem) =>
        Assert.Equal(Invalid + problem, Refusal(() => Updates("a", value, action)));

    [Fact]
    public void Updates_OfAnotherType_AreRefusedByTheItem() => Assert.Equal(
        "Type mismatch for attribute to update", Refusal(() => Updates("s", """{"N":"1"}""", "ADD").Apply(Item)));

    [Fact]
    public void KeyConditions_OfHashAndRange_AreTheSameRange()
    {
        var keys = new KeySchema(new KeyAttribute("p", AttributeType.String), new KeyAttribute("s", AttributeType.Number));
        var range = LegacyParameters.KeyConditions(new Dictionary<string, AttributeCondition>
        {
            ["p"] = new("EQ", List("""{"S":"x"}""")),
            ["s"] = new("BETWEEN", [Value("""{"N":"1"}"""), Value("""{"N":"2"}""")]),
        }).For(keys);
        Assert.Equal("x", range.Partition.Text);
        Assert.Equal("2", range.Sort!.High!.Number.ToString());
        Assert.Equal(
            "Attempted conditional constraint is not an indexable operation",
            Refusal(() => LegacyParameters.KeyConditions(
                new Dictionary<string, AttributeCondition> { ["p"] = new("NE", List("""{"S":"x"}""")) }).For(keys)));
    }

    [Fact]
    public void ConditionalOperator_WithoutTwoConditions_IsRefused()
    {
        Assert.Equal("ConditionalOperator cannot be used without Filter or Expected", Refusal(() => LegacyParameters.Filter(null, "AND")!));
        Assert.Equal(
            "ConditionalOperator can only be used when Filter or Expected has two or more elements",
            Refusal(() => LegacyParameters.Filter(new Dictionary<string, AttributeCondition> { ["a"] = new("NULL") }, "AND")!));
    }

    private static object Filter(AttributeCondition condition) =>
        LegacyParameters.Filter(new Dictionary<string, AttributeCondition> { ["n"] = condition }, null)!;

    private static bool Expected(ExpectedAttributeValue expected) =>
        LegacyParameters.Expected(new Dictionary<string, ExpectedAttributeValue> { ["n"] = expected }, null)!.Holds(Item);

    private static Server.Services.DynamoDb.Model.Expressions.Update Updates(string attribute, string? value, string action) => LegacyParameters.Updates(
        new Dictionary<string, AttributeValueUpdate> { [attribute] = new(value is null ? null : Value(value), action) });

    private static List<AttributeValue>? List(string? value) => value is null ? null : [Value(value)];

    private static AttributeValue Value(string json) => Attributes.Read($$"""{"v":{{json}}}""")["v"];

    private static string Refusal(Func<object> action) => Assert.Throws<CommonException>(() => { action(); }).Message;
}
