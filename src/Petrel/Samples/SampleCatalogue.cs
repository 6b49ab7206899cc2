using System.Collections.Immutable;
using Petrel.Packaging;

namespace Petrel.Samples;

/// <summary>A small function that comes with Petrel: <c>up</c> deploys the hello ones, <c>init</c> copies any as a beginning.</summary>
/// <param name="Language"><c>python</c>: the name of its folder.</param>
internal sealed record Sample(string Language, string Folder)
{
    public string FunctionName => $"hello-{Language}";
}

/// <summary>The samples beside the program.</summary>
internal static class SampleCatalogue
{
    private static readonly string Root = Path.Combine(AppContext.BaseDirectory, "samples");

    /// <summary>Those that need no build come first.</summary>
    private static readonly ImmutableArray<string> Order = ["python", "node", "dotnet"];

    public static IReadOnlyList<Sample> Hello => In("hello");

    /// <summary>Those of <see cref="Hello"/>, and the ones for runtimes that need a program of one's own.</summary>
    public static IReadOnlyList<Sample> Templates => [.. Hello, .. In("templates")];

    /// <summary>The sample for a runtime's identifier or a language's name: <c>python3.13</c>, <c>nodejs22.x</c>, <c>dotnet</c>.</summary>
    public static Sample? Find(string runtime)
    {
        var language = new string([.. runtime.TakeWhile(char.IsAsciiLetter)]) switch
        {
            "nodejs" => "node",
            "csharp" => "dotnet",
            var other => other,
        };
        return Templates.FirstOrDefault(s => s.Language == language);
    }

    /// <summary>Copies a sample's files. A file that is there already is left as it is.</summary>
    public static IReadOnlyList<string> Copy(Sample sample, string target)
    {
        var copied = new List<string>();
        foreach (var file in ZipPackage.Files(sample.Folder))
        {
            var destination = Path.Combine(target, file);
            if (!File.Exists(destination))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(destination)!);
                File.Copy(Path.Combine(sample.Folder, file), destination);
                copied.Add(file);
            }
        }

        return copied;
    }

    private static int Rank(Sample sample) => Order.IndexOf(sample.Language) is >= 0 and var rank ? rank : Order.Length;

    private static Sample[] In(string folder)
    {
        var path = Path.Combine(Root, folder);
        return Directory.Exists(path)
            ? [.. Directory.GetDirectories(path).Select(f => new Sample(Path.GetFileName(f), f)).OrderBy(Rank).ThenBy(s => s.Language, StringComparer.Ordinal)]
            : [];
    }
}
