using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Petrel.Tidy;

/// <summary>Whoever watches a daemon reads docs/telemetry.md: it lists what the code makes, neither less nor more.</summary>
public sealed partial class MetricTests
{
    [Fact]
    public void Metrics_InTheDocument_AreThoseOfTheCode()
    {
        var made = Repository.Product.SelectMany(Made).Order(StringComparer.Ordinal).ToArray();
        var told = Row().Matches(Repository.Read("docs/telemetry.md"))
            .Select(row => Describe(row.Groups["name"].Value, row.Groups["kind"].Value, row.Groups["unit"].Value.Trim(' ', '`')))
            .Order(StringComparer.Ordinal)
            .ToArray();
        var missing = made.Except(told).Select(m => $"docs/telemetry.md does not list: {m}");
        var gone = told.Except(made).Select(m => $"docs/telemetry.md lists what no code makes: {m}");
        var problems = missing.Concat(gone).ToArray();
        Assert.True(problems.Length == 0, string.Join('\n', problems));
        Assert.NotEmpty(made);
    }

    private static IEnumerable<string> Made(SourceFile source) =>
        from call in source.Tree.DescendantNodes().OfType<InvocationExpressionSyntax>()
        where call.Expression is MemberAccessExpressionSyntax
        let method = Method().Match(((MemberAccessExpressionSyntax)call.Expression).Name.Identifier.ValueText)
        let arguments = call.ArgumentList.Arguments
        where method.Success && arguments.Count > 0 && Text(arguments[0]) is not null
        let unit = arguments.FirstOrDefault(a => a.NameColon?.Name.Identifier.ValueText == "unit")
            ?? arguments.Where(a => a.NameColon is null).ElementAtOrDefault(method.Groups["observed"].Success ? 2 : 1)
        select Describe(Text(arguments[0])!, method.Groups["kind"].Value, unit is null ? "" : Text(unit) ?? "");

    private static string Describe(string name, string kind, string unit) => $"{name}, a {kind.ToLowerInvariant()}, unit '{unit}'";

    private static string? Text(ArgumentSyntax argument) =>
        argument.Expression is LiteralExpressionSyntax { Token.Value: string text } ? text : null;

    [GeneratedRegex("^Create(?<observed>Observable)?(?<kind>Counter|Gauge|Histogram|UpDownCounter)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Method();

    [GeneratedRegex(@"^\| `(?<name>petrel\.[a-z_.]+)` \| (?<kind>\w+) \|(?<unit>[^|]*)\|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Row();
}
