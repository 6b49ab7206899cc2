using Petrel.Server.Services.DynamoDb.Model.Expressions;
using Petrel.Tests.DynamoDb.Values;
using Petrel.Wire;

namespace Petrel.Tests.DynamoDb.Expressions;

public sealed class UpdateTests
{
    private const string Values = """{":1":{"N":"1"},":s":{"S":"new"},":l":{"L":[{"S":"x"}]},":ss":{"SS":["a","c"]},":all":{"SS":["a","b"]},":big":{"N":"9.9E125"},":m":{"M":{}},":u":{"S":"unused"}}""";
    private const string Item = """{"k":{"S":"key"},"n":{"N":"5"},"l":{"L":[{"S":"0"},{"S":"1"},{"S":"2"}]},"m":{"M":{"x":{"N":"1"},"y":{"S":"y"}}},"t":{"SS":["a","b"]}}""";

    [Theory]
    [InlineData("SET a = :s", "a", """{"S":"new"}""")]
    [InlineData("SET n = n + :1", "n", """{"N":"6"}""")]
    [InlineData("SET n = :1 - n", "n", """{"N":"-4"}""")]
    [InlineData("SET n = (n + :1)", "n", """{"N":"6"}""")]
    [InlineData("SET n = if_not_exists(n, :1) + :1", "n", """{"N":"6"}""")]
    [InlineData("SET c = if_not_exists(c, :1)", "c", """{"N":"1"}""")]
    [InlineData("SET l = list_append(l, :l)", "l", """{"L":[{"S":"0"},{"S":"1"},{"S":"2"},{"S":"x"}]}""")]
    [InlineData("SET l = list_append(:l, l)", "l", """{"L":[{"S":"x"},{"S":"0"},{"S":"1"},{"S":"2"}]}""")]
    [InlineData("SET l = list_append(if_not_exists(nope, :l), l)", "l", """{"L":[{"S":"x"},{"S":"0"},{"S":"1"},{"S":"2"}]}""")]
    [InlineData("SET l[1] = :s, l[7] = n, l[5] = :1", "l", """{"L":[{"S":"0"},{"S":"new"},{"S":"2"},{"N":"1"},{"N":"5"}]}""")]
    [InlineData("SET m.z = :s, m.x = m.y", "m", """{"M":{"x":{"S":"y"},"y":{"S":"y"},"z":{"S":"new"}}}""")]
    [InlineData("REMOVE l[0], l[2], l[9]", "l", """{"L":[{"S":"1"}]}""")]
    [InlineData("REMOVE m.x, m.nope", "m", """{"M":{"y":{"S":"y"}}}""")]
    [InlineData("remove n", "n", null)]
    [InlineData("ADD n :1", "n", """{"N":"6"}""")]
    [InlineData("ADD c :1", "c", """{"N":"1"}""")]
    [InlineData("ADD t :ss", "t", """{"SS":["a","b","c"]}""")]
    [InlineData("ADD m.s :ss", "m", """{"M":{"x":{"N":"1"},"y":{"S":"y"},"s":{"SS":["a","c"]}}}""")]
    [InlineData("DELETE t :ss", "t", """{"SS":["b"]}""")]
    [InlineData("DELETE t :all", "t", null)]
    [InlineData("DELETE nope :all", "nope", null)]
    [InlineData("SET a = n REMOVE n", "a", """{"N":"5"}""")]
    [InlineData("REMOVE l SET a = l[1] ADD n :1", "a", """{"S":"1"}""")]
    public void Apply_Expression_ChangesTheItem(string text, string attribute, string? value)
    {
        var item = Apply(text).Item;
        Assert.Equal(value, item.TryGetValue(attribute, out var found) ? found.ToString() : null);
        Assert.Equal("key", item["k"].Text);
    }

    [Theory]
    [InlineData("SET a = nope", "The provided expression refers to an attribute that does not exist in the item")]
    [InlineData("SET n = nope + :1", "The provided expression refers to an attribute that does not exist in the item")]
    [InlineData("SET n = k + :1", "An operand in the update expression has an incorrect data type")]
    [InlineData("SET l = list_append(n, :l)", "An operand in the update expression has an incorrect data type")]
    [InlineData("ADD k :1", "An operand in the update expression has an incorrect data type")]
    [InlineData("DELETE n :ss", "An operand in the update expression has an incorrect data type")]
    [InlineData("SET nope.x = :s", "The document path provided in the update expression is invalid for update")]
    [InlineData("SET n.x = :s", "The document path provided in the update expression is invalid for update")]
    [InlineData("SET m[0] = :s", "The document path provided in the update expression is invalid for update")]
    [InlineData("REMOVE l.x", "The document path provided in the update expression is invalid for update")]
    [InlineData("SET a = :big + :big", "Number overflow. Attempting to store a number with magnitude larger than supported range")]
    public void Apply_ItemThatDoesNotAllowIt_IsRefused(string text, string problem) => Assert.Equal(problem, Refusal(() => Apply(text)));

    [Theory]
    [InlineData("", "The expression can not be empty;")]
    [InlineData("INVALID SYNTAX HERE", "Syntax error; token: \"INVALID\", near: \"INVALID SYNTAX\"")]
    [InlineData("SET", "Syntax error; token: \"<EOF>\", near: \"SET\"")]
    [InlineData("ADD hits : incr", "Syntax error; token: \":\", near: \"hits : incr\"")]
    [InlineData("SET a = :s, #, b = :1", "Syntax error; token: \"#\", near: \", #,\"")]
    [InlineData("SET path = VALUE 1", "Syntax error; token: \"1\", near: \"VALUE 1\"")]
    [InlineData("SET a = n + :1 + :1", "Syntax error; token: \"+\", near: \":1 + :1\"")]
    [InlineData("SET a = :s SET b = :s", "The \"SET\" section can only be used once in an update expression;")]
    [InlineData("SET name = :s", "Attribute name is a reserved keyword; reserved keyword: name")]
    [InlineData("SET a = :nope", "An expression attribute value used in expression is not defined; attribute value: :nope")]
    [InlineData("SET #nope = :s", "An expression attribute name used in the document path is not defined; attribute name: #nope")]
    [InlineData("SET a = nope(b)", "Invalid function name; function: nope")]
    [InlineData("SET a = list_append(b)", "Incorrect number of operands for operator or function; operator or function: list_append, number of operands: 1")]
    [InlineData("SET a = list_append(b, :m)", "Incorrect operand type for operator or function; operator or function: list_append, operand type: M")]
    [InlineData("SET a = if_not_exists(:s, :1)", "Operator or function requires a document path; operator or function: if_not_exists")]
    [InlineData("SET a = b + :s", "Incorrect operand type for operator or function; operator or function: +, operand type: S")]
    [InlineData("ADD a :s", "Incorrect operand type for operator or function; operator: ADD, operand type: STRING")]
    [InlineData("DELETE a :1", "Incorrect operand type for operator or function; operator: DELETE, operand type: NUMBER")]
    [InlineData("SET f = :s, f = :1", "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [f], path two: [f]")]
    [InlineData("SET a.b = :s REMOVE a", "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a, b], path two: [a]")]
    [InlineData("SET a[1] = :s, a.b = :s", "Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [a, [1]], path two: [a, b]")]
    public void Parse_WrongExpression_IsRefusedInTheServicesWords(string text, string problem) =>
        Assert.Equal($"Invalid UpdateExpression: {problem}", Refusal(() => Apply(text)));

    [Fact]
    public void Outcome_OfNestedChanges_AnswersTheChangedPartsOnly()
    {
        var outcome = Apply("SET m.x = :s, l[0] = :1, a = :1 REMOVE n");
        Assert.Equal("""{"m":{"M":{"x":{"N":"1"}}},"l":{"L":[{"S":"0"}]},"n":{"N":"5"}}""", Attributes.Write(outcome.UpdatedOld()));
        Assert.Equal("""{"m":{"M":{"x":{"S":"new"}}},"l":{"L":[{"N":"1"}]},"a":{"N":"1"}}""", Attributes.Write(outcome.UpdatedNew()));
    }

    [Fact]
    public void Apply_NestingBeyondTheLimit_IsRefused()
    {
        var deep = string.Concat(Enumerable.Repeat("""{"L":[""", 31)) + """{"S":"x"}""" + string.Concat(Enumerable.Repeat("]}", 31));
        var values = Attributes.Read($$"""{":v":{{deep}}}""");
        var item = Attributes.Read("""{"m":{"M":{"y":{"M":{}}}}}""");
        Update.Parse("SET m.x = :v", new ExpressionScope(null, values)).Apply(item);
        Assert.StartsWith(
            "Nesting Levels have exceeded supported limits", Refusal(() => Update.Parse("SET m.y.x = :v", new ExpressionScope(null, values)).Apply(item)));
    }

    [Fact]
    public void Attributes_OfUpdate_AreThoseThatItChanges()
    {
        var update = Update.Parse("SET m.z = l[0], a = n", new ExpressionScope(null, null));
        Assert.Equal(["m", "a"], update.Attributes);
        Assert.Equal(["m", "l"], update.NestedAttributes);
    }

    private static UpdateOutcome Apply(string text) => Update.Parse(text, new ExpressionScope(null, Attributes.Read(Values))).Apply(Attributes.Read(Item));

    private static string Refusal(Func<object> action) => Assert.Throws<CommonException>(() => { action(); }).Message;
}
