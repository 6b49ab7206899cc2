using System.IO.Compression;
using Petrel.Functions.Runtimes;
using Petrel.Machine;

namespace Petrel.Packaging;

/// <summary>A Java function: the jar that a build made, or source files that the JDK's own compiler suffices for.</summary>
internal static class JavaProject
{
    /// <summary>What a runtime before any is; the classes say which one they need.</summary>
    public const string OldestRuntime = "java8.al2";

    private static readonly string[] BuildFiles = ["pom.xml", "build.gradle", "build.gradle.kts"];

    /// <summary>Where Maven and Gradle put what they build.</summary>
    private static readonly string[] OutputFolders = ["target", "build/libs"];

    /// <summary>Jars beside the one that runs, by the end of their names or its beginning (what a shading plugin keeps).</summary>
    private static readonly string[] Beside = ["-sources", "-javadoc", "-tests", "-plain"];
    private const string Original = "original-";

    /// <summary>The file that says that a folder is Java: of a build, a jar, or a source file. Null when none is there.</summary>
    public static string? Find(string folder) =>
        BuildFiles.Select(f => Path.Combine(folder, f)).FirstOrDefault(File.Exists)
        ?? Only(Directory.GetFiles(folder, "*.jar"), folder)
        ?? Directory.GetFiles(folder, "*.java").Order(StringComparer.Ordinal).FirstOrDefault();

    /// <exception cref="CliException">It is not built, does not compile, or its handler is not clear.</exception>
    public static async Task<DeployCode> PackageAsync(FunctionSource source, string target, CancellationToken cancellationToken)
    {
        var jar = Path.GetExtension(source.Project) switch
        {
            ".jar" => source.Project!,
            ".java" => null,
            _ => FindBuilt(source.Folder, source.Project!),
        };
        byte[] package;
        if (jar is null)
        {
            await CompileAsync(source.Folder, target, cancellationToken);
            package = ZipPackage.Create(target);
        }
        else
        {
            package = await File.ReadAllBytesAsync(jar, cancellationToken);
        }

        using var archive = Open(package, jar);
        var classes = JavaClass.ReadAll(archive);
        return new DeployCode(RuntimeOf(source.Runtime, classes), source.Handler ?? HandlerOf(classes, jar ?? source.Folder), package, null);
    }

    /// <summary>The version that a function has, or was asked for, unless its classes need a newer one.</summary>
    internal static string RuntimeOf(string runtime, IReadOnlyList<JavaClass> classes)
    {
        var needed = classes.Count == 0 ? 0 : classes.Max(c => c.Version);
        return VersionOf(runtime) >= needed ? runtime : needed switch
        {
            <= 8 => OldestRuntime,
            <= 11 => "java11",
            <= 17 => "java17",
            <= 21 => "java21",
            _ => "java25",
        };
    }

    /// <summary>The one public class that implements one of the two interfaces.</summary>
    internal static string HandlerOf(IReadOnlyList<JavaClass> classes, string where)
    {
        var handlers = classes.Where(c => c.IsHandler).Select(c => c.Name).Order(StringComparer.Ordinal).ToArray();
        return handlers.Length == 1
            ? handlers[0]
            : throw new CliException(
                handlers.Length == 0 ? $"no class in {where} implements RequestHandler or RequestStreamHandler" : $"{where} has several handlers: {string.Join(", ", handlers)}",
                "name one: --handler package.Class or package.Class::method");
    }

    private static int VersionOf(string runtime) => int.Parse(runtime["java".Length..].Split('.')[0]);

    private static string FindBuilt(string folder, string project)
    {
        var jars = OutputFolders.Select(f => Path.Combine(folder, f)).Where(Directory.Exists).SelectMany(f => Directory.GetFiles(f, "*.jar"))
            .Where(f => !Path.GetFileName(f).StartsWith(Original, StringComparison.Ordinal))
            .Where(f => !Beside.Any(b => Path.GetFileNameWithoutExtension(f).EndsWith(b, StringComparison.Ordinal)));
        var build = Path.GetFileName(project) == "pom.xml" ? "mvn package" : "gradle build";

        // Of several the largest: the one with the libraries in it.
        var jar = jars.MaxBy(f => new FileInfo(f).Length) ?? throw new CliException($"{folder} has no jar in target or build/libs", $"build it: {build}");
        var sources = Path.Combine(folder, "src");
        var changed = Directory.Exists(sources) ? Directory.EnumerateFiles(sources, "*", SearchOption.AllDirectories).Select(File.GetLastWriteTimeUtc).DefaultIfEmpty().Max() : default;
        return changed <= File.GetLastWriteTimeUtc(jar) ? jar : throw new CliException($"{Path.GetRelativePath(folder, jar)} is older than the sources", $"build it: {build}");
    }

    private static async Task CompileAsync(string folder, string target, CancellationToken cancellationToken)
    {
        var libraries = Path.Combine(folder, "lib");
        var files = Directory.GetFiles(folder, "*.java", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(folder, f));

        // The interfaces of the runtime, as it has them itself; a library of the function's may bring them too.
        var interfaces = Path.Combine(new RuntimeOptions().Bootstraps, "java", "src");
        var result = await new ExternalProgram("javac", folder).RunAsync(
            ["-encoding", "UTF-8", "-proc:none", "-implicit:none", "-sourcepath", interfaces, "-cp", Path.Combine(libraries, "*"), "-d", target, .. files], cancellationToken);
        if (result.ExitCode != 0)
        {
            throw new CliException($"{folder} does not compile:\n{string.Join('\n', result.Lines.Take(40))}");
        }

        foreach (var jar in Directory.Exists(libraries) ? Directory.GetFiles(libraries, "*.jar") : [])
        {
            File.Copy(jar, Path.Combine(Directory.CreateDirectory(Path.Combine(target, "lib")).FullName, Path.GetFileName(jar)));
        }
    }

    private static ZipArchive Open(byte[] package, string? jar)
    {
        try
        {
            return new ZipArchive(new MemoryStream(package));
        }
        catch (InvalidDataException e)
        {
            throw new CliException($"{jar} is not a jar", inner: e);
        }
    }

    private static string? Only(string[] jars, string folder) =>
        jars.Length <= 1 ? jars.FirstOrDefault() : throw new CliException($"{folder} has {jars.Length} jars", "give one of them instead of the folder");
}
