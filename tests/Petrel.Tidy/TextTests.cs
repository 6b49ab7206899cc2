using System.Text.RegularExpressions;

namespace Petrel.Tidy;

/// <summary>What a reader must not meet in the tree.</summary>
public sealed partial class TextTests
{
    [Fact]
    public void Sources_HaveNoLeftOverMarks() => AssertNone(
        from source in Repository.Product
        from line in source.Text.Split('\n').Select((text, index) => (Text: text, Number: index + 1))
        where LeftOver().IsMatch(line.Text)
        select $"{source.Path}:{line.Number}: {line.Text.Trim()}");

    [Fact]
    public void Markdown_LinksLeadToFiles()
    {
        var problems =
            from file in Repository.Files
            where file.EndsWith(".md", StringComparison.Ordinal)
            let folder = Path.GetDirectoryName(file)!
            from Match link in Link().Matches(Repository.Read(file))
            let target = link.Groups[1].Value.Split('#')[0]
            where target.Length > 0 && !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal)
            where !Repository.Exists(Path.Combine(folder, target))
            select $"{file} links to {target}, which is not there.";
        AssertNone(problems);
    }

    [Fact]
    public void Specification_NamesTestsThatExist()
    {
        var methods = Repository.Sources
            .Where(s => s.Path.StartsWith("tests/", StringComparison.Ordinal))
            .SelectMany(s => s.Tree.DescendantNodes().OfType<Microsoft.CodeAnalysis.CSharp.Syntax.MethodDeclarationSyntax>())
            .Select(m => m.Identifier.ValueText)
            .ToHashSet(StringComparer.Ordinal);
        var problems =
            from Match name in TestName().Matches(Repository.Read("SPECIFICATION.md"))
            where !methods.Contains(name.Groups[1].Value)
            select $"SPECIFICATION.md names the test {name.Groups[1].Value}, which is not there.";
        AssertNone(problems);
    }

    private static void AssertNone(IEnumerable<string> problems)
    {
        var all = problems.Distinct(StringComparer.Ordinal).ToArray();
        Assert.True(all.Length == 0, string.Join('\n', all));
    }

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b|NotImplementedException|catch\s*(\(Exception\))?\s*\{\s*\}", RegexOptions.None, 1000)]
    private static partial Regex LeftOver();

    [GeneratedRegex(@"\]\(([^)\s]+)\)", RegexOptions.None, 1000)]
    private static partial Regex Link();

    /// <summary>A test is named in backticks: <c>`Operation_Condition_Outcome`</c>.</summary>
    [GeneratedRegex(@"`([A-Z]\w+_\w+_?\w*)`", RegexOptions.None, 1000)]
    private static partial Regex TestName();
}
