using Petrel.Server.Services.Iam.Model.Policies;

namespace Petrel.Tests.Iam.Policies;

public sealed class ConditionTests
{
    [Theory]
    [InlineData("StringEquals", "aws:username", "alice", true)]
    [InlineData("StringEquals", "AWS:USERNAME", "alice", true)]
    [InlineData("StringEquals", "aws:username", "Alice", false)]
    [InlineData("StringEquals", "aws:username", "a*", false)]
    [InlineData("StringEqualsIgnoreCase", "aws:username", "ALICE", true)]
    [InlineData("StringNotEquals", "aws:username", "bob", true)]
    [InlineData("StringNotEquals", "aws:username", "alice", false)]
    [InlineData("StringLike", "aws:UserAgent", "aws-cli*", true)]
    [InlineData("StringNotLike", "aws:UserAgent", "aws-cli*", false)]
    [InlineData("StringNotEqualsIgnoreCase", "aws:username", "ALICE", false)]
    [InlineData("NumericEquals", "x:size", "10.0", true)]
    [InlineData("NumericNotEquals", "x:size", "11", true)]
    [InlineData("NumericLessThan", "x:size", "10", false)]
    [InlineData("NumericLessThanEquals", "x:size", "10", true)]
    [InlineData("NumericGreaterThan", "x:size", "9", true)]
    [InlineData("NumericGreaterThanEquals", "x:size", "11", false)]
    [InlineData("NumericEquals", "x:size", "ten", false)]
    [InlineData("DateLessThan", "aws:CurrentTime", "2026-02-01T00:00:00Z", true)]
    [InlineData("DateGreaterThan", "aws:CurrentTime", "2026-02-01T00:00:00Z", false)]
    [InlineData("DateEquals", "aws:EpochTime", "2026-01-31T10:20:30Z", true)]
    [InlineData("Bool", "aws:SecureTransport", "false", true)]
    [InlineData("Bool", "aws:SecureTransport", "true", false)]
    [InlineData("BinaryEquals", "x:blob", "QmluYXJ5", true)]
    [InlineData("IpAddress", "aws:SourceIp", "203.0.113.0/24", true)]
    [InlineData("IpAddress", "aws:SourceIp", "203.0.113.7", true)]
    [InlineData("IpAddress", "aws:SourceIp", "203.0.112.0/23", true)]
    [InlineData("IpAddress", "aws:SourceIp", "2001:db8::/32", false)]
    [InlineData("NotIpAddress", "aws:SourceIp", "203.0.113.0/24", false)]
    [InlineData("ArnLike", "x:source", "arn:aws:s3:::buck*", true)]
    [InlineData("ArnEquals", "x:source", "arn:aws:s3:*:*:bucket", true)]
    [InlineData("ArnLike", "x:source", "arn:aws:*bucket", false)]
    [InlineData("ArnNotLike", "x:source", "arn:aws:s3:::buck*", false)]
    [InlineData("Null", "x:missing", "true", true)]
    [InlineData("Null", "x:size", "true", false)]
    [InlineData("Null", "x:size", "false", true)]
    public void Holds_Operator_AsDocumented(string name, string key, string value, bool expected) =>
        Assert.Equal(expected, Holds(name, key, value));

    [Theory]
    [InlineData("StringEquals", false)]
    [InlineData("StringNotEquals", true)]
    [InlineData("StringEqualsIfExists", true)]
    [InlineData("NumericLessThanIfExists", true)]
    [InlineData("NumericLessThan", false)]
    [InlineData("ForAllValues:StringEquals", true)]
    [InlineData("ForAnyValue:StringEquals", false)]
    [InlineData("ForAnyValue:StringNotEquals", false)]
    [InlineData("NotIpAddress", true)]
    public void Holds_MissingKey_DependsOnTheOperator(string name, bool expected) =>
        Assert.Equal(expected, Holds(name, "x:missing", "1"));

    [Theory]
    [InlineData("ForAllValues:StringEquals", "a,b,c", true)]
    [InlineData("ForAllValues:StringEquals", "a", false)]
    [InlineData("ForAnyValue:StringEquals", "b,z", true)]
    [InlineData("ForAnyValue:StringEquals", "z", false)]
    [InlineData("ForAnyValue:StringNotEquals", "a", true)]
    [InlineData("ForAnyValue:StringNotEquals", "a,b", false)]
    [InlineData("ForAllValues:StringNotEquals", "z", true)]
    [InlineData("ForAllValues:StringNotEquals", "a", false)]
    [InlineData("StringEquals", "a", true)]
    public void Holds_KeyWithManyValues_FollowsTheQuantifier(string name, string values, bool expected) =>
        Assert.Equal(expected, Holds(name, "aws:TagKeys", values.Split(',')));

    [Fact]
    public void Holds_SeveralOperatorsAndKeys_AllMustHold()
    {
        var policy = Requests.Identity("""
            {"Effect":"Allow","Action":"*","Resource":"*","Condition":{
              "StringEquals":{"aws:username":"alice","aws:RequestedRegion":["eu-west-1","eu-west-2"]},"NumericLessThan":{"x:size":5}}}
            """);
        Assert.Equal(Effect.Allow, policy.Evaluate(Requests.Alice(context: new() { ["x:size"] = "4" })));
        Assert.Null(policy.Evaluate(Requests.Alice(context: new() { ["x:size"] = "5" })));
        Assert.Null(policy.Evaluate(Requests.Alice()));
    }

    [Fact]
    public void Holds_VariableInValue_IsFilledIn()
    {
        var policy = Requests.Identity("""
            {"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/owner":"${aws:username}"}}}
            """);
        Assert.Equal(Effect.Allow, policy.Evaluate(Requests.Alice(context: new() { ["aws:ResourceTag/owner"] = "alice" })));
        Assert.Null(policy.Evaluate(Requests.Alice(context: new() { ["aws:ResourceTag/owner"] = "bob" })));
    }

    private static bool Holds(string name, string key, params string[] values)
    {
        var condition = new Condition(ConditionOperator.TryParse(name)!.Value, ConditionKey.Parse(key), values, variables: true);
        return condition.Holds(Requests.Alice(
            context: new() { ["x:size"] = "10", ["x:blob"] = "QmluYXJ5", ["x:source"] = "arn:aws:s3:::bucket" },
            many: new() { ["aws:TagKeys"] = ["a", "b"] }));
    }
}
