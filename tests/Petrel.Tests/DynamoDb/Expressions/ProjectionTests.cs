using Petrel.Server.Services.DynamoDb.Model.Expressions;
using Petrel.Tests.DynamoDb.Values;
using Petrel.Wire;

namespace Petrel.Tests.DynamoDb.Expressions;

public sealed class ProjectionTests
{
    private const string Item = """{"a":{"M":{"b":{"S":"bb"},"c":{"M":{"d":{"N":"1"}}}}},"l":{"L":[{"S":"l0"},{"M":{"x":{"N":"1"},"y":{"N":"2"}}},{"S":"l2"}]},"s":{"S":"s"}}""";

    private static readonly Dictionary<string, string> Names = new() { ["#a"] = "a", ["#dot"] = "x.y" };

    [Theory]
    [InlineData("s", """{"s":{"S":"s"}}""")]
    [InlineData("#a.b, s", """{"a":{"M":{"b":{"S":"bb"}}},"s":{"S":"s"}}""")]
    [InlineData("#a.b, #a.c.d", """{"a":{"M":{"b":{"S":"bb"},"c":{"M":{"d":{"N":"1"}}}}}}""")]
    [InlineData("l[2], l[0]", """{"l":{"L":[{"S":"l0"},{"S":"l2"}]}}""")]
    [InlineData("l[1].y, l[7], nope, s.x, #a[0]", """{"l":{"L":[{"M":{"y":{"N":"2"}}}]}}""")]
    [InlineData("#dot", "{}")]
    public void Project_Paths_TakesThoseParts(string text, string projected) =>
        Assert.Equal(projected, Attributes.Write(Parse(text).Project(Attributes.Read(Item))));

    [Theory]
    [InlineData("a, b,", "Syntax error; token: \"<EOF>\", near: \",\"")]
    [InlineData("(a)", "Syntax error; token: \"(\", near: \"(a\"")]
    [InlineData("l[]", "Syntax error; token: \"]\", near: \"[]\"")]
    [InlineData("a, user", "Attribute name is a reserved keyword; reserved keyword: user")]
    [InlineData("#nope", "An expression attribute name used in the document path is not defined; attribute name: #nope")]
    [InlineData("a, #a.b", "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a, b]")]
    [InlineData("a.b, a[1]", "Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [a, b], path two: [a, [1]]")]
    public void Parse_WrongExpression_IsRefusedInTheServicesWords(string text, string problem) =>
        Assert.Equal($"Invalid ProjectionExpression: {problem}", Assert.Throws<CommonException>(() => Parse(text)).Message);

    [Fact]
    public void Of_AttributesToGet_TakesWholeAttributes()
    {
        Assert.Equal("""{"s":{"S":"s"}}""", Attributes.Write(Projection.Of(["s", "nope", "a.b"]).Project(Attributes.Read(Item))));
        Assert.Equal(
            "One or more parameter values were invalid: Duplicate value in attribute name: s",
            Assert.Throws<CommonException>(() => Projection.Of(["s", "a", "s"])).Message);
    }

    private static Projection Parse(string text) => Projection.Parse(text, new ExpressionScope(Names, null));
}
