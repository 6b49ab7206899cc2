using CsCheck;
using Petrel.Server.Services.Iam.Model.Policies;

namespace Petrel.Tests.Iam.Policies;

public sealed class PolicyPatternTests
{
    private static readonly Gen<string> Texts = Gen.Char["ab*?"].Array[0, 8].Select(chars => new string(chars));

    private static readonly Gen<string> Values = Gen.Char["abAB"].Array[0, 10].Select(chars => new string(chars));

    [Fact]
    public void Matches_AnyPatternAndValue_AgreesWithTheNaiveRecursion() =>
        Gen.Select(Texts, Values, Gen.Bool).Sample((pattern, value, ignoreCase) =>
            PolicyPattern.Compile(pattern, ignoreCase: ignoreCase).Matches(value, Requests.Any) == Naive(pattern, value, ignoreCase));

    [Theory]
    [InlineData("*", "", true)]
    [InlineData("lambda:Invoke*", "lambda:InvokeFunction", true)]
    [InlineData("lambda:Invoke*", "lambda:Invok", false)]
    [InlineData("arn:aws:lambda:*:123:function:a?c", "arn:aws:lambda:eu-west-1:123:function:abc", true)]
    [InlineData("arn:aws:lambda:*:123:function:a?c", "arn:aws:lambda:eu-west-1:123:function:ac", false)]
    public void Matches_Wildcards_AsDocumented(string pattern, string value, bool expected) =>
        Assert.Equal(expected, PolicyPattern.Compile(pattern).Matches(value, Requests.Any));

    [Fact]
    public void Matches_ManyRuns_StaysQuick()
    {
        var pattern = PolicyPattern.Compile(string.Concat(Enumerable.Repeat("*a", 200)) + "b");
        Assert.False(pattern.Matches(new string('a', 10_000), Requests.Any));
    }

    [Theory]
    [InlineData("${*}", "*", true)]
    [InlineData("${*}", "x", false)]
    [InlineData("a${?}", "a?", true)]
    [InlineData("${$}x", "$x", true)]
    [InlineData("home/${aws:username}/*", "home/alice/file", true)]
    [InlineData("home/${aws:username}/*", "home/bob/file", false)]
    [InlineData("${aws:PrincipalTag/team}", "blue", true)]
    [InlineData("${aws:PrincipalTag/none}", "", false)]
    [InlineData("${aws:PrincipalTag/none, 'spare'}", "spare", true)]
    public void Matches_Variables_AreFilledIn(string pattern, string value, bool expected) =>
        Assert.Equal(expected, PolicyPattern.Compile(pattern).Matches(value, Requests.Alice()));

    [Theory]
    [InlineData("*")]
    [InlineData("\uFFFE")]
    public void Matches_VariableWithWildcardInside_TakesItLiterally(string team)
    {
        var request = Requests.Alice(tags: new() { ["team"] = team });
        Assert.False(PolicyPattern.Compile("${aws:PrincipalTag/team}").Matches("anything", request));
    }

    [Fact]
    public void Matches_VariableInOldVersion_IsPlainText() =>
        Assert.True(PolicyPattern.Compile("${aws:username}", variables: false).Matches("${aws:username}", Requests.Alice()));

    private static bool Naive(ReadOnlySpan<char> pattern, ReadOnlySpan<char> value, bool ignoreCase)
    {
        if (pattern.IsEmpty)
        {
            return value.IsEmpty;
        }

        if (pattern[0] == '*')
        {
            return Naive(pattern[1..], value, ignoreCase) || (!value.IsEmpty && Naive(pattern, value[1..], ignoreCase));
        }

        return !value.IsEmpty
            && (pattern[0] == '?' || pattern[0] == value[0] || (ignoreCase && char.ToLowerInvariant(pattern[0]) == char.ToLowerInvariant(value[0])))
            && Naive(pattern[1..], value[1..], ignoreCase);
    }
}
