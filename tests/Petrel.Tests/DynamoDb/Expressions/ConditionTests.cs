using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Expressions;
using Petrel.Tests.DynamoDb.Values;
using Petrel.Wire;

namespace Petrel.Tests.DynamoDb.Expressions;

public sealed class ConditionTests
{
    private const string Item = """{"a":{"N":"5"},"s":{"S":"hello"},"m":{"M":{"x":{"L":[{"S":"p"},{"N":"7"}]}}},"ss":{"SS":["x","y"]},"l":{"L":[{"N":"1"},{"S":"a"}]},"b":{"B":"AQI="},"t":{"BOOL":true},"z":{"NULL":true},"size_1":{"S":""}}""";

    private static readonly Dictionary<string, string> Names = new() { ["#a"] = "a", ["#m"] = "m", ["#r"] = "size" };

    private static readonly AttributeMap Values = Attributes.Read("""{":5":{"N":"5.0"},":9":{"N":"9"},":h":{"S":"he"},":x":{"S":"x"},":S":{"S":"S"},":t":{"BOOL":true},":bin":{"B":"AQ=="},":one":{"N":"1"},":ns":{"NS":["1"]},":l":{"L":[]},":Q":{"S":"Q"}}""");

    [Theory]
    [InlineData("a = :5", true)]
    [InlineData(":5 = a", true)]
    [InlineData("a <> :5", false)]
    [InlineData("a < :9 AND a >= :5", true)]
    [InlineData("a > :5 OR s > :h", true)]
    [InlineData("a = :9 OR a = :5 AND s = :h", false)]
    [InlineData("(a = :9 OR a = :5) AND begins_with(s, :h)", true)]
    [InlineData("NOT a = :9 AND NOT (s = :h)", true)]
    [InlineData("not a = :5 or s = :h", false)]
    [InlineData("a BETWEEN :one AND :9", true)]
    [InlineData("a between :5 and :5 and a in (:9, :5)", true)]
    [InlineData("a IN (:h, :9)", false)]
    [InlineData("m.x[1] > :5 AND #m.x[0] <> :x", true)]
    [InlineData("attribute_exists(m.x[1])", true)]
    [InlineData("attribute_exists(m.x[2])", false)]
    [InlineData("attribute_not_exists(m.y)", true)]
    [InlineData("attribute_type(s, :S)", true)]
    [InlineData("attribute_type(a, :S)", false)]
    [InlineData("begins_with(b, :bin)", true)]
    [InlineData("begins_with(a, :h)", false)]
    [InlineData("contains(s, :h)", true)]
    [InlineData("contains(ss, :x)", true)]
    [InlineData("contains(l, :one)", true)]
    [InlineData("contains(a, :one)", false)]
    [InlineData("size(s) = :5", true)]
    [InlineData("size(size_1) < :one", true)]
    [InlineData("size(m.x) > :one and size(b) > :one", true)]
    [InlineData("size(a) > :one", false)]
    [InlineData("nope = :5", false)]
    [InlineData("nope <> :5", true)]
    [InlineData("nope < :5", false)]
    [InlineData("a < s", false)]
    [InlineData("t = :t", true)]
    [InlineData("(a) = (:5)", true)]
    [InlineData("((a = :5) AND (s <> :h))", true)]
    public void Holds_Expression_IsWhatTheServiceSays(string text, bool holds) => Assert.Equal(holds, Holds(text));

    [Theory]
    [InlineData("", "The expression can not be empty;")]
    [InlineData("  ", "The expression can not be empty;")]
    [InlineData("foo", "Syntax error; token: \"<EOF>\", near: \"foo\"")]
    [InlineData("a = ", "Syntax error; token: \"<EOF>\", near: \"=\"")]
    [InlineData("a :5 b", "Syntax error; token: \":5\", near: \"a :5 b\"")]
    [InlineData("a = : b", "Syntax error; token: \":\", near: \"= : b\"")]
    [InlineData("= :5", "Syntax error; token: \"=\", near: \"= :5\"")]
    [InlineData("a = :5 )", "Syntax error; token: \")\", near: \":5 )\"")]
    [InlineData("(a = :5", "Syntax error; token: \"<EOF>\", near: \":5\"")]
    [InlineData("a.[1] = :5", "Syntax error; token: \"[\", near: \".[1\"")]
    [InlineData("a[b] = :5", "Syntax error; token: \"b\", near: \"[b]\"")]
    [InlineData("a = :5 AND", "Syntax error; token: \"<EOF>\", near: \"AND\"")]
    [InlineData("a % :5", "Syntax error; token: \"%\", near: \"a % :5\"")]
    [InlineData("attribute_exists()", "Syntax error; token: \")\", near: \"()\"")]
    [InlineData("((a = :5))", "The expression has redundant parentheses;")]
    [InlineData("((a)) = :5", "The expression has redundant parentheses;")]
    [InlineData("nope(a)", "Invalid function name; function: nope")]
    [InlineData("Size(a) = :5", "Invalid function name; function: Size")]
    [InlineData("size(a)", "The function is not allowed to be used this way in an expression; function: size")]
    [InlineData("contains(a, :5) = :t", "The function is not allowed to be used this way in an expression; function: contains")]
    [InlineData("Name = :5", "Attribute name is a reserved keyword; reserved keyword: Name")]
    [InlineData("#u = :5", "An expression attribute name used in the document path is not defined; attribute name: #u")]
    [InlineData("a = :u", "An expression attribute value used in expression is not defined; attribute value: :u")]
    [InlineData("begins_with(a)", "Incorrect number of operands for operator or function; operator or function: begins_with, number of operands: 1")]
    [InlineData("attribute_exists(:5)", "Operator or function requires a document path; operator or function: attribute_exists")]
    [InlineData("begins_with(a, :5)", "Incorrect operand type for operator or function; operator or function: begins_with, operand type: N")]
    [InlineData("attribute_type(a, :5)", "Incorrect operand type for operator or function; operator or function: attribute_type, operand type: N")]
    [InlineData("attribute_type(a, :Q)", "Invalid attribute type name found; type: Q, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}")]
    [InlineData("size(:5) = :5", "Incorrect operand type for operator or function; operator or function: size, operand type: N")]
    [InlineData("a < :t", "Incorrect operand type for operator or function; operator or function: <, operand type: BOOL")]
    [InlineData("a = #a", "The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [a]")]
    [InlineData("contains(m.x[1], #m.x[1])", "The first operand must be distinct from the remaining operands for this operator or function; operator: contains, first operand: [m, x, [1]]")]
    [InlineData("a BETWEEN :9 AND :5", "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: {N:9}, upper bound operand: AttributeValue: {N:5}")]
    [InlineData("a BETWEEN :9 AND :h", "The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: AttributeValue: {N:9}, upper bound operand: AttributeValue: {S:he}")]
    [InlineData("name = :5 AND nope(a)", "Invalid function name; function: nope")]
    [InlineData("a = :u AND name = :5", "Attribute name is a reserved keyword; reserved keyword: name")]
    [InlineData("a[99999999999] = :5", "List index is not within the allowable range; index: [99999999999]")]
    public void Parse_WrongExpression_IsRefusedInTheServicesWords(string text, string problem) =>
        Assert.Equal($"Invalid ConditionExpression: {problem}", Refusal(() => Holds(text)));

    [Fact]
    public void Parse_ExpressionBeyondItsLimits_IsRefused()
    {
        var long1 = new string('a', 4_097);
        Assert.Equal(
            "Invalid FilterExpression: Expression size has exceeded the maximum allowed size; expression size: 4097",
            Refusal(() => Condition.Parse(long1, ExpressionKind.FilterExpression, new ExpressionScope(null, Values))));
        var choices = string.Join(",", Enumerable.Repeat(":5", 101));
        Assert.Equal(
            "Invalid ConditionExpression: The IN operator is provided with too many operands; number of operands: 101",
            Refusal(() => Holds($"a IN ({choices})")));
        var path = "m" + string.Concat(Enumerable.Repeat(".x", 32));
        Assert.Equal(
            "Invalid ConditionExpression: The document path has too many nesting levels; nesting levels: 33", Refusal(() => Holds($"{path} = :5")));
        Assert.StartsWith(
            "Invalid ConditionExpression: The expression contains too many operators",
            Refusal(() => Holds(string.Join(" or ", Enumerable.Repeat("a=:5", 200)))));
        Refusal(() => Holds(new string('(', 4_000)));
        Refusal(() => Holds(string.Concat(Enumerable.Repeat("NOT ", 1_000))));
    }

    [Theory]
    [InlineData("{}", null, "ExpressionAttributeNames must not be empty")]
    [InlineData("""{"a":"b"}""", null, "ExpressionAttributeNames contains invalid key: Syntax error; key: \"a\"")]
    [InlineData("""{"#":"b"}""", null, "ExpressionAttributeNames contains invalid key: Syntax error; key: \"#\"")]
    [InlineData("""{"#a-b":"b"}""", null, "ExpressionAttributeNames contains invalid key: Syntax error; key: \"#a-b\"")]
    [InlineData(null, "{}", "ExpressionAttributeValues must not be empty")]
    [InlineData(null, """{"a":{"S":"b"}}""", "ExpressionAttributeValues contains invalid key: Syntax error; key: \"a\"")]
    [InlineData(null, """{":a":{"N":"b"}}""", "ExpressionAttributeValues contains invalid value: The parameter cannot be converted to a numeric value: b for key :a")]
    public void Scope_OfWrongParameters_IsRefused(string? names, string? values, string problem) => Assert.Equal(problem, Refusal(() => Scope(names, values)));

    [Fact]
    public void Scope_WithUnusedEntries_NamesThem()
    {
        var scope = Scope("""{"#a":"a","#b":"b","#c":"c"}""", """{":v":{"S":"x"},":w":{"S":"x"}}""");
        Condition.Parse("#b = :w", ExpressionKind.ConditionExpression, scope);
        Assert.Equal("Value provided in ExpressionAttributeNames unused in expressions: keys: {#a, #c}", Refusal(scope.ThrowIfUnused));
        Condition.Parse("#a = :w AND #c = :w", ExpressionKind.ConditionExpression, scope);
        Assert.Equal("Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}", Refusal(scope.ThrowIfUnused));
    }

    [Fact]
    public void Attributes_OfCondition_AreItsTopLevelNames()
    {
        var condition = Condition.Parse("#a = :5 AND size(m.x) = :5", ExpressionKind.ConditionExpression, new ExpressionScope(Names, Values));
        Assert.Equal(["a", "m"], condition.Attributes);
        Assert.Equal(["m"], condition.NestedAttributes);
    }

    [Fact]
    public void ReservedWords_AreAllOfTheDocumentations() => Assert.Equal(573, ReservedWords.Count);

    private static bool Holds(string text) =>
        Condition.Parse(text, ExpressionKind.ConditionExpression, new ExpressionScope(Names, Values)).Holds(Attributes.Read(Item));

    private static ExpressionScope Scope(string? names, string? values) => new(
        names is null ? null : System.Text.Json.JsonSerializer.Deserialize<Dictionary<string, string>>(names),
        values is null ? null : Attributes.Read(values));

    private static string Refusal(Action action)
    {
        var error = Assert.Throws<CommonException>(action);
        Assert.Equal("ValidationException", error.Code);
        return error.Message;
    }

    private static string Refusal(Func<object> action) => Refusal(() => { action(); });
}
