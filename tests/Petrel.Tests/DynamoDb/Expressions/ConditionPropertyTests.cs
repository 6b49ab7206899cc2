using CsCheck;
using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Expressions;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Syntax;
using Petrel.Server.Services.DynamoDb.Store;
using Petrel.Tests.DynamoDb.Values;
using Petrel.Wire;

namespace Petrel.Tests.DynamoDb.Expressions;

/// <summary>Any expression against a naive evaluation of it, and any text against the parsers.</summary>
public sealed class ConditionPropertyTests
{
    private static readonly string[] Pieces =
        ["(", ")", ",", ".", "[", "]", "[1]", "=", "<>", "<=", "+", "-", " AND ", " OR ", " NOT ", " IN (", " BETWEEN ", "#n", ":v", ":x", "#", ":", "size(", "name", "%", "1", "99999999999", "é", "\0", "SET ", " REMOVE ", "list_append("];

    [Fact]
    public void Holds_AnyCondition_IsWhatANaiveEvaluationSays() => Gen.Select(RandomConditions.Any(), RandomConditions.AnyItem).Sample((syntax, item) =>
    {
        var condition = Condition.Parse(syntax.ToString()!, ExpressionKind.FilterExpression, new ExpressionScope(null, RandomConditions.Values));
        var expected = RandomConditions.Holds(syntax, item);
        return condition.Holds(item) == expected && condition.Holds(ItemCodec.Decode(ItemCodec.Encode(item))) == expected;
    });

    [Fact]
    public void Parse_PrintedCondition_PrintsTheSame() => RandomConditions.Any().Sample(syntax =>
        ConditionParser.Parse(syntax.ToString()!).Root.ToString() == syntax.ToString());

    [Fact]
    public void Parse_PrintedUpdate_PrintsTheSame()
    {
        const string text = "SET a.b[1] = if_not_exists(c, :v) + :w, #n = list_append(:l, d) REMOVE e, f[0] ADD g :s DELETE h :t";
        Assert.Equal(text, UpdateParser.Parse(text).ToString());
    }

    [Fact]
    public void Condition_OfMutatedText_IsParsedOrRefused() => Check(
        ["a = :v AND (b <> :x OR NOT contains(#n.c[1], :v))", "a BETWEEN :v AND :x or size(b) IN (:v, :x)", "begins_with(a, :v)"],
        (text, scope) => Condition.Parse(text, ExpressionKind.FilterExpression, scope).Holds(AttributeMap.Empty));

    [Fact]
    public void KeyCondition_OfMutatedText_IsParsedOrRefused() =>
        Check(["a = :v AND b BETWEEN :v AND :x", "(a = :v) AND begins_with(b, :x)"], (text, scope) => KeyCondition.Parse(text, scope));

    [Fact]
    public void Projection_OfMutatedText_IsParsedOrRefused() =>
        Check(["a, b.c[1].#n, #n[0]"], (text, scope) => Projection.Parse(text, scope).Project(AttributeMap.Empty));

    [Fact]
    public void Update_OfMutatedText_IsParsedOrRefused() => Check(
        ["SET a = :v, b.c = if_not_exists(b.c, :x) + :v REMOVE d[1] ADD e :v DELETE #n :x", "SET l = list_append(l, :v)"],
        (text, scope) => Update.Parse(text, scope).Apply(AttributeMap.Empty));

    private static void Check(string[] valid, Action<string, ExpressionScope> parse) => Mutations.Of(valid, Pieces).Sample(text =>
    {
        try
        {
            parse(text, new ExpressionScope(new Dictionary<string, string> { ["#n"] = "n" }, Attributes.Read("""{":v":{"N":"1"},":x":{"SS":["a"]}}""")));
        }
        catch (CommonException refused)
        {
            Assert.Equal("ValidationException", refused.Code);
        }
    });
}
