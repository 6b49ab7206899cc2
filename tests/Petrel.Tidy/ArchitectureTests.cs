using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Petrel.Tidy;

/// <summary>The rules of docs/architecture.md that a reader of the code relies on.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> References = new(StringComparer.Ordinal)
    {
        ["Petrel.Wire"] = [],
        ["Petrel.Storage"] = [],
        ["Petrel.Aws"] = ["Petrel.Wire"],
        ["Petrel.Functions"] = ["Petrel.Storage"],
        ["Petrel.Server"] = ["Petrel.Aws", "Petrel.Functions", "Petrel.Storage", "Petrel.Wire"],
    };

    [Fact]
    public void ProjectReferences_AreAsDrawn()
    {
        foreach (var (project, expected) in References)
        {
            var file = XDocument.Parse(Repository.Read($"src/{project}/{project}.csproj"));
            var actual = file.Descendants("ProjectReference")
                .Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value))
                .Order(StringComparer.Ordinal);
            Assert.Equal(expected, actual);
        }
    }

    [Fact]
    public void Services_NeverNameEachOther()
    {
        var problems =
            from source in Repository.Product
            let service = ServiceOf(source.Path)
            where service is not null
            from used in source.Usings().Concat(QualifiedNames(source))
            let other = OtherService().Match(used)
            where other.Success && other.Groups[1].Value != service
            select $"{source.Path} names {used}: call a service through its contract.";
        AssertNone(problems);
    }

    [Fact]
    public void Orleans_OnlyInActorsAndCluster() => AssertNone(
        from source in Repository.Product
        where source.Usings().Any(u => u == "Orleans" || u.StartsWith("Orleans.", StringComparison.Ordinal))
        where !source.Path.Contains("/Actors/", StringComparison.Ordinal) && !source.Path.Contains("/Cluster/", StringComparison.Ordinal)
        select $"{source.Path} uses Orleans: only Actors and Cluster do.");

    [Fact]
    public void Keys_OnlyInStoreFolders() => AssertNone(
        from source in Repository.Product
        where source.Path.StartsWith("src/Petrel.Server/", StringComparison.Ordinal) && !source.Path.Contains("/Store/", StringComparison.Ordinal)
        from identifier in source.Identifiers()
        where identifier.Name == "Subspace"
        select $"{source.Path}:{identifier.Line} makes keys: only Store folders know them.");

    [Fact]
    public void EnginesAndSql_OnlyInStorage() => AssertNone(
        from source in Repository.Product
        where !source.Path.StartsWith("src/Petrel.Storage/", StringComparison.Ordinal)
        from used in source.Usings()
        where used.StartsWith("RocksDbSharp", StringComparison.Ordinal) || used.StartsWith("Npgsql", StringComparison.Ordinal)
        select $"{source.Path} uses {used}: only Petrel.Storage does.");

    [Fact]
    public void Environment_IsReadInOneFile() => AssertNone(
        from source in Repository.Product
        where !source.Path.EndsWith("/EnvironmentReader.cs", StringComparison.Ordinal)
        from identifier in source.Identifiers()
        where identifier.Name is "GetEnvironmentVariable" or "GetEnvironmentVariables"
        select $"{source.Path}:{identifier.Line} reads the environment: EnvironmentReader does.");

    [Fact]
    public void ServiceFolders_HaveAReadmeAndAModule()
    {
        var services = Repository.Product.Select(s => ServiceOf(s.Path)).OfType<string>().Distinct();
        foreach (var service in services)
        {
            var folder = $"src/Petrel.Server/Services/{service}";
            Assert.True(Repository.Exists($"{folder}/{service}Module.cs"), $"{folder} has no {service}Module.cs.");
            Assert.True(Repository.Exists($"{folder}/README.md"), $"{folder} has no README.md.");
            var lines = Repository.Read($"{folder}/README.md").AsSpan().Count('\n');
            Assert.True(lines <= 25, $"{folder}/README.md has {lines} lines; 25 are enough.");
        }
    }

    private static string? ServiceOf(string path)
    {
        var match = ServiceFolder().Match(path);
        return match.Success ? match.Groups[1].Value : null;
    }

    private static IEnumerable<string> QualifiedNames(SourceFile source) => source.Tree.DescendantNodes()
        .OfType<Microsoft.CodeAnalysis.CSharp.Syntax.QualifiedNameSyntax>()
        .Where(n => n.Parent is not Microsoft.CodeAnalysis.CSharp.Syntax.BaseNamespaceDeclarationSyntax)
        .Select(n => n.ToString());

    private static void AssertNone(IEnumerable<string> problems)
    {
        var all = problems.Distinct(StringComparer.Ordinal).ToArray();
        Assert.True(all.Length == 0, string.Join('\n', all));
    }

    [GeneratedRegex("^src/Petrel.Server/Services/([^/]+)/", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ServiceFolder();

    [GeneratedRegex(@"Petrel\.Server\.Services\.(\w+)", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OtherService();
}
