namespace Petrel.Functions.Runtimes.Catalogue;

/// <summary>Finds the languages' programs on this machine, without searching it: the folders where they are put, in the order of preference.</summary>
internal sealed class ProgramFinder(RuntimeOptions options, ProgramVersions versions)
{
    /// <summary>The language that the bootstrap is written in.</summary>
    public const int OldestJava = 17;

    private static readonly string[] SystemFolders = ["/usr/bin", "/usr/local/bin"];

    public IReadOnlyList<InstalledProgram> Find() => [.. Candidates()
        .Where(c => File.Exists(c.Path))
        .DistinctBy(c => Path.GetFullPath(c.Path))
        .Select(c => versions.Of(c.Path) is { } version ? new InstalledProgram(c.Family, c.Path, version) : null)
        .OfType<InstalledProgram>()
        .Where(Runs),
        .. DotnetRuntimes()];

    // The bootstrap for Java is compiled on the machine, for the version that is there.
    private static bool Runs(InstalledProgram program) =>
        program.Family != "java" || (program.Version.Major >= OldestJava && File.Exists(Path.Combine(Path.GetDirectoryName(program.Path)!, "javac")));

    private IEnumerable<(string Family, string Path)> Candidates()
    {
        foreach (var folder in options.Further.SelectMany(Subfolders))
        {
            yield return ("nodejs", Path.Combine(folder, "bin", "node"));
            yield return ("nodejs", Path.Combine(folder, "node_modules", "node", "bin", "node")); // npm install --prefix FOLDER node@24
            yield return ("python", Path.Combine(folder, "bin", "python3"));
            yield return ("ruby", Path.Combine(folder, "bin", "ruby"));
            yield return ("java", Path.Combine(folder, "bin", "java"));
        }

        foreach (var folder in SystemFolders)
        {
            yield return ("nodejs", Path.Combine(folder, "node"));
            yield return ("python", Path.Combine(folder, "python3"));
            yield return ("ruby", Path.Combine(folder, "ruby"));
            foreach (var python in Files(folder, "python3.*").Where(p => Version.TryParse(Path.GetFileName(p)["python".Length..], out _)))
            {
                yield return ("python", python);
            }
        }

        // The programs in /usr/bin are links through /etc, and names of the same folder lie beside it.
        foreach (var folder in Subfolders("/usr/lib/jvm").Where(f => new DirectoryInfo(f).LinkTarget is null))
        {
            yield return ("java", Path.Combine(folder, "bin", "java"));
        }

        foreach (var candidate in VersionManagers())
        {
            yield return candidate;
        }
    }

    private IEnumerable<(string Family, string Path)> VersionManagers()
    {
        if (options.Home is not { Length: > 0 } home)
        {
            yield break;
        }

        foreach (var folder in Subfolders(Path.Combine(home, ".pyenv/versions")).Concat(Subfolders(Path.Combine(home, ".local/share/uv/python"))))
        {
            yield return ("python", Path.Combine(folder, "bin", "python3"));
        }

        foreach (var folder in Subfolders(Path.Combine(home, ".rbenv/versions")))
        {
            yield return ("ruby", Path.Combine(folder, "bin", "ruby"));
        }

        foreach (var folder in Subfolders(Path.Combine(home, ".nvm/versions/node")))
        {
            yield return ("nodejs", Path.Combine(folder, "bin", "node"));
        }
    }

    // One host program runs every installed version of .NET; the versions are folders.
    private static IEnumerable<InstalledProgram> DotnetRuntimes()
    {
        foreach (var root in (string[])["/usr/share/dotnet", "/usr/lib/dotnet"])
        {
            var host = Path.Combine(root, "dotnet");
            foreach (var folder in File.Exists(host) ? Subfolders(Path.Combine(root, "shared/Microsoft.NETCore.App")) : [])
            {
                if (Version.TryParse(Path.GetFileName(folder), out var version))
                {
                    yield return new InstalledProgram("dotnet", host, version);
                }
            }
        }
    }

    private static IEnumerable<string> Subfolders(string folder) =>
        Directory.Exists(folder) ? Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal) : [];

    private static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.Exists(folder) ? Directory.EnumerateFiles(folder, pattern).Order(StringComparer.Ordinal) : [];
}
