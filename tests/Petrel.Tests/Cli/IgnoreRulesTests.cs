using Petrel.Packaging;

namespace Petrel.Tests.Cli;

public sealed class IgnoreRulesTests
{
    [Theory]
    [InlineData("*.log", "a.log", true)]
    [InlineData("*.log", "deep/down/a.log", true)]
    [InlineData("*.log", "a.logs", false)]
    [InlineData("/a.txt", "a.txt", true)]
    [InlineData("/a.txt", "b/a.txt", false)]
    [InlineData("docs/*.md", "docs/a.md", true)]
    [InlineData("docs/*.md", "docs/deep/a.md", false)]
    [InlineData("docs/**/*.md", "docs/deep/down/a.md", true)]
    [InlineData("docs/**/*.md", "docs/a.md", true)]
    [InlineData("**/tmp", "a/b/tmp", true)]
    [InlineData("a?c", "abc", true)]
    [InlineData("a?c", "a/c", false)]
    [InlineData("[ab].py", "a.py", true)]
    [InlineData("[!ab].py", "a.py", false)]
    [InlineData("[!ab].py", "c.py", true)]
    [InlineData("build/", "build", false)]
    [InlineData("# comment", "# comment", false)]
    [InlineData("\\#file", "#file", true)]
    [InlineData("a.b", "axb", false)]
    [InlineData("x(1)+", "x(1)+", true)]
    public void Ignores_File_FollowsThePattern(string pattern, string path, bool ignored) =>
        Assert.Equal(ignored, IgnoreRules.Parse(pattern).Ignores(path, isFolder: false));

    [Fact]
    public void Ignores_FolderPattern_MatchesFoldersOnly() => Assert.True(IgnoreRules.Parse("build/").Ignores("src/build", isFolder: true));

    [Fact]
    public void Ignores_LaterLine_TakesBackIn()
    {
        var rules = IgnoreRules.Parse("*.json\n!keep.json\n");
        Assert.True(rules.Ignores("a.json", isFolder: false));
        Assert.False(rules.Ignores("keep.json", isFolder: false));
    }

    [Theory]
    [InlineData(".git", true)]
    [InlineData("pkg/__pycache__", true)]
    [InlineData("node_modules", false)]
    public void Ignores_NoFile_KnowsWhatNobodyWants(string folder, bool ignored) =>
        Assert.Equal(ignored, IgnoreRules.Parse("").Ignores(folder, isFolder: true));

    [Fact]
    public void Of_DotnetProject_LeavesOutWhatBuildsWrite()
    {
        using var run = new CliRun();
        Assert.False(IgnoreRules.Of(run.Folder).Ignores("bin", isFolder: true));
        run.Write("Hello.csproj", "<Project />");
        Assert.True(IgnoreRules.Of(run.Folder).Ignores("bin", isFolder: true));
        Assert.True(IgnoreRules.Of(run.Folder).Ignores("obj", isFolder: true));
        Assert.False(IgnoreRules.Of(run.Folder).Ignores("src/obj", isFolder: true));
    }
}
