using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Expressions;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Tests.DynamoDb.Values;
using Petrel.Wire;

namespace Petrel.Tests.DynamoDb.Expressions;

public sealed class KeyConditionTests
{
    private const string Values = """{":p":{"S":"part"},":n":{"N":"3"},":m":{"N":"7"},":e":{"S":""}}""";

    private static readonly KeySchema Keys = new(new KeyAttribute("pk", AttributeType.String), new KeyAttribute("sk", AttributeType.Number));

    [Theory]
    [InlineData("pk = :p", null)]
    [InlineData(":p = pk", null)]
    [InlineData("pk = :p AND sk = :n", "Equal 3")]
    [InlineData("sk < :n and pk = :p", "Less 3")]
    [InlineData("pk = :p AND sk <= :n", "LessOrEqual 3")]
    [InlineData("(pk = :p) AND (sk > :n)", "Greater 3")]
    [InlineData("(pk = :p AND sk >= :n)", "GreaterOrEqual 3")]
    [InlineData("pk = :p AND :n <= sk", "GreaterOrEqual 3")]
    [InlineData("pk = :p AND sk BETWEEN :n AND :m", "Between 3 7")]
    public void For_Condition_IsAPartitionAndARange(string text, string? sort)
    {
        var range = Parse(text).For(Keys);
        Assert.Equal("part", range.Partition.Text);
        Assert.Equal(sort, range.Sort is { } found ? $"{found.Operator} {found.Value.Number} {found.High?.Number}".TrimEnd() : null);
    }

    [Theory]
    [InlineData("pk = :p OR sk = :n", "Invalid operator used in KeyConditionExpression: OR")]
    [InlineData("NOT pk = :p", "Invalid operator used in KeyConditionExpression: NOT")]
    [InlineData("pk IN (:p)", "Invalid operator used in KeyConditionExpression: IN")]
    [InlineData("pk <> :p", "Invalid operator used in KeyConditionExpression: <>")]
    [InlineData("pk = :p AND attribute_exists(sk)", "Invalid operator used in KeyConditionExpression: attribute_exists")]
    [InlineData("pk = :p AND contains(sk, :n)", "Invalid operator used in KeyConditionExpression: contains")]
    [InlineData("pk = :p AND size(sk) = :n", "KeyConditionExpressions cannot contain nested operations")]
    [InlineData("pk = :p AND sk.x = :n", "KeyConditionExpressions cannot have conditions on nested attributes")]
    [InlineData("pk = :p AND pk = :p", "KeyConditionExpressions must only contain one condition per key")]
    [InlineData("pk = sk", "Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition")]
    [InlineData(":p = :e", "Invalid condition in KeyConditionExpression: No key attribute specified")]
    [InlineData(":n BETWEEN sk AND :m", "Invalid condition in KeyConditionExpression: BETWEEN operator must have the key attribute as its first operand")]
    [InlineData("begins_with(:p, pk)", "Invalid condition in KeyConditionExpression: begins_with operator must have the key attribute as its first operand")]
    [InlineData("pk = :p AND sk = :n AND x = :n", "Conditions can be of length 1 or 2 only")]
    [InlineData("sk = :n", "Query condition missed key schema element: pk")]
    [InlineData("pk = :p AND x = :n", "Query condition missed key schema element: sk")]
    [InlineData("pk > :p", "Query key condition not supported")]
    [InlineData("pk = :n", "One or more parameter values were invalid: Condition parameter type does not match schema type")]
    [InlineData("pk = :p AND begins_with(sk, :p)", "One or more parameter values were invalid: Condition parameter type does not match schema type")]
    [InlineData("pk = :e", "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: pk")]
    [InlineData("pk = ", "Invalid KeyConditionExpression: Syntax error; token: \"<EOF>\", near: \"=\"")]
    [InlineData("pk = :p AND sk BETWEEN :m AND :n", "Invalid KeyConditionExpression: The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: {N:7}, upper bound operand: AttributeValue: {N:3}")]
    public void For_ConditionThatKeysCannotServe_IsRefused(string text, string problem) =>
        Assert.Equal(problem, Assert.Throws<CommonException>(() => { Parse(text).For(Keys); }).Message);

    [Fact]
    public void For_TwoConditionsOnAKeyOfOneAttribute_IsRefused() => Assert.Equal(
        "Query key condition not supported",
        Assert.Throws<CommonException>(() => Parse("pk = :p AND sk = :n").For(new KeySchema(Keys.Partition))).Message);

    private static KeyCondition Parse(string text)
    {
        var all = Attributes.Read(Values);
        var used = new AttributeMapBuilder();
        foreach (var (name, value) in all.Where(entry => text.Contains(entry.Key)))
        {
            used.Set(name, value);
        }

        var scope = new ExpressionScope(null, used.Count == 0 ? null : used.Build());
        var condition = KeyCondition.Parse(text, scope);
        scope.ThrowIfUnused();
        return condition;
    }
}
