using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Petrel.Tidy;

/// <summary>The tree as git sees it: tracked files and new ones that are not ignored.</summary>
internal static class Repository
{
    public static readonly string Root = FindRoot();

    public static readonly ImmutableArray<string> Files = ListFiles();

    private static readonly Lazy<ImmutableArray<SourceFile>> Parsed = new(() =>
        [.. Files.Where(f => f.EndsWith(".cs", StringComparison.Ordinal)).AsParallel().AsOrdered().Select(SourceFile.Parse)]);

    public static ImmutableArray<SourceFile> Sources => Parsed.Value;

    public static IEnumerable<SourceFile> Product => Sources.Where(s => s.Path.StartsWith("src/", StringComparison.Ordinal));

    public static string Read(string path) => File.ReadAllText(System.IO.Path.Combine(Root, path));

    public static bool Exists(string path) => System.IO.Path.Exists(System.IO.Path.Combine(Root, path));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "Petrel.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("Petrel.slnx stands in no folder above the test.");
    }

    private static ImmutableArray<string> ListFiles()
    {
        var start = new ProcessStartInfo("git", ["-C", Root, "ls-files", "--cached", "--others", "--exclude-standard"]) { RedirectStandardOutput = true };
        using var git = Process.Start(start)!;
        var files = git.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        git.WaitForExit();
        return [.. files.Where(Exists).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }
}

/// <summary>A parsed C# file.</summary>
internal sealed record SourceFile(string Path, string Text, CompilationUnitSyntax Tree)
{
    public int Lines => Text.AsSpan().Count('\n');

    public string Folder => System.IO.Path.GetDirectoryName(Path)!.Replace('\\', '/');

    public static SourceFile Parse(string path)
    {
        var text = Repository.Read(path);
        var options = new CSharpParseOptions(LanguageVersion.Preview, preprocessorSymbols: ["NET"]);
        return new SourceFile(path, text, CSharpSyntaxTree.ParseText(text, options).GetCompilationUnitRoot());
    }

    /// <summary>All identifiers of the code; comments and texts do not count.</summary>
    public IEnumerable<(string Name, int Line)> Identifiers() => Tree.DescendantTokens()
        .Where(t => t.IsKind(SyntaxKind.IdentifierToken))
        .Select(t => (t.ValueText, t.GetLocation().GetLineSpan().StartLinePosition.Line + 1));

    /// <summary>Every namespace that the file opens with a using directive.</summary>
    public IEnumerable<string> Usings() => Tree.DescendantNodes().OfType<UsingDirectiveSyntax>().Select(u => u.NamespaceOrType.ToString());
}
