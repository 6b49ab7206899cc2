using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Petrel.Tidy;

/// <summary>
/// Files of at most 400 lines, methods of at most 60, constructors of at most 6 parameters. What is larger today stands with its size
/// in <c>exceptions.txt</c>; an entry may shrink or go, and one that is no longer needed fails the test until it is removed.
/// </summary>
public sealed class SizeTests
{
    private const int MaxFileLines = 400;
    private const int MaxMethodLines = 60;
    private const int MaxConstructorParameters = 6;

    [Fact]
    public void Sizes_OfAllSources_StayWithinTheRulesOrTheirExceptions()
    {
        var allowed = ReadExceptions();
        var found = Repository.Sources.Where(s => !IsWireRecords(s)).SelectMany(Oversizes).ToDictionary(o => o.What, o => o.Size);
        var problems = new List<string>();
        foreach (var (what, size) in found)
        {
            if (!allowed.TryGetValue(what, out var limit))
            {
                problems.Add($"{what} is {size}: split it into named parts.");
            }
            else if (size > limit)
            {
                problems.Add($"{what} grew from {limit} to {size}: an exception may only shrink.");
            }
        }

        problems.AddRange(allowed.Keys.Except(found.Keys).Select(what => $"{what} no longer needs its exception: remove it."));
        Assert.True(problems.Count == 0, string.Join('\n', problems));
    }

    /// <summary>Contracts hold the wire's records, whose size is the service's.</summary>
    private static bool IsWireRecords(SourceFile source) => source.Path.StartsWith("src/Petrel.Aws/", StringComparison.Ordinal);

    private static IEnumerable<(string What, int Size)> Oversizes(SourceFile source)
    {
        if (source.Lines > MaxFileLines)
        {
            yield return ($"file {source.Path}", source.Lines);
        }

        foreach (var method in source.Tree.DescendantNodes().OfType<BaseMethodDeclarationSyntax>())
        {
            var span = method.GetLocation().GetLineSpan();
            var lines = span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
            if (lines > MaxMethodLines)
            {
                yield return ($"method {source.Path} {NameOf(method)}", lines);
            }

            if (method is ConstructorDeclarationSyntax && method.ParameterList.Parameters.Count > MaxConstructorParameters)
            {
                yield return ($"constructor {source.Path} {NameOf(method)}", method.ParameterList.Parameters.Count);
            }
        }

        // Records are data: their parameters are their members. Classes with too many dependencies lack a concept.
        foreach (var type in source.Tree.DescendantNodes().OfType<ClassDeclarationSyntax>())
        {
            if (type.ParameterList?.Parameters.Count > MaxConstructorParameters)
            {
                yield return ($"constructor {source.Path} {type.Identifier.ValueText}", type.ParameterList.Parameters.Count);
            }
        }
    }

    private static string NameOf(BaseMethodDeclarationSyntax method) => method switch
    {
        MethodDeclarationSyntax m => m.Identifier.ValueText,
        ConstructorDeclarationSyntax c => c.Identifier.ValueText,
        _ => "operator",
    };

    private static Dictionary<string, int> ReadExceptions() => Repository.Read("tests/Petrel.Tidy/exceptions.txt")
        .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Where(line => !line.StartsWith('#'))
        .Select(line => line.Split(": "))
        .ToDictionary(parts => parts[0], parts => int.Parse(parts[1]));
}
