using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Petrel.Aws.Lambda;
using Petrel.Server.Edge;
using Petrel.Wire;
using Petrel.Wire.Operations;
using Petrel.Wire.Rest;
using Petrel.Wire.Validation;

namespace Petrel.Tests.Wire;

/// <summary>Contracts are read late; here all of them are read whole, so that a mistake in one is not found by a user.</summary>
public sealed class ContractTests
{
    public static TheoryData<Type> Contracts =>
        [.. typeof(ILambda).Assembly.GetTypes().Where(t => t.GetCustomAttribute<AwsServiceAttribute>() is not null).Append(typeof(IToy))];

    [Theory]
    [MemberData(nameof(Contracts))]
    public void Contract_EveryOperation_CanTravel(Type contract)
    {
        foreach (var operation in new ServiceTable(contract).Operations)
        {
            operation.Prepare();
            Assert.True(operation.Access is not null, $"{operation} has no [Access].");
            Assert.True(operation.Http is not null || !operation.Service.IsRest, $"{operation} has no [Http].");
            _ = new ResourceTemplate(operation);
        }
    }

    [Theory]
    [MemberData(nameof(Contracts))]
    public void Contract_EveryOperation_IsFoundAtItsOwnPath(Type contract)
    {
        var service = new ServiceTable(contract);
        foreach (var operation in service.Operations.Where(o => o.Http is not null))
        {
            var template = operation.Http!;
            var path = "/" + string.Join('/', template.Segments.Select(s => s switch { "{}" => "x", "{+}" => "x/y", _ => s }));
            var query = string.Join('&', template.Query.Select(q => q.Value is null ? q.Key : $"{q.Key}={q.Value}"));
            Assert.True(service.Router.TryMatch(template.Method, path, query, out var match, HeadersOf(template)), $"{operation} is not found at {path}?{query}.");
            Assert.Same(operation, match.Operation);
        }
    }

    private static HeaderDictionary HeadersOf(RestTemplate template) =>
        template.Header is null ? [] : new HeaderDictionary { [template.Header] = "x" };

    [Theory]
    [InlineData(@"[\w+=,.@-]+", "a+b=c,d.e@f-g_", "ä")]
    [InlineData(@"[a-zA-Z0-9-_]+", "a-b_9", "a.b")]
    [InlineData(@"(?!^[0-9]+$)([a-zA-Z0-9-_]+)", "v1", "12")]
    [InlineData(@"\$(LATEST(\.PUBLISHED)?)|[a-zA-Z0-9-_$]+", "$LATEST.PUBLISHED", "a?")]
    [InlineData(@"arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+", "arn:aws:iam::123456789012:role/a/b", "arn:aws:iam::١23456789012:role/a")]
    [InlineData(@"[\d]*", "123", "x")]
    [InlineData(@"[[a]+", "[a", "]")]
    public void Pattern_OfJavasDialect_IsReadAsTheServicesDo(string pattern, string good, string bad)
    {
        var constraint = new Pattern(pattern);
        Assert.True(constraint.Holds(good));
        Assert.False(constraint.Holds(bad));
        Assert.False(constraint.Holds(good + "\n"));
        Assert.Equal($"Member must satisfy regular expression pattern: {pattern}", constraint.Text);
    }

    [Fact]
    public void Pattern_WithoutLookaround_IsMatchedInLinearTime() =>
        _ = new Regex(JavaPattern.Translate(LambdaPatterns.FunctionName), RegexOptions.NonBacktracking);
}
