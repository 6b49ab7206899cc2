using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Petrel.Functions.Runtimes.Adapters;

/// <summary>
/// The bootstrap for Java as a Java machine runs it: compiled by its own compiler, packed, and with an archive of loaded classes, which halves
/// what it costs to start. Made once for each installed version and each state of the sources (1 to 2 s), and kept.
/// </summary>
internal sealed class JavaBootstrap(RuntimeOptions options)
{
    /// <summary>Both steps take a second on an idle machine.</summary>
    private static readonly TimeSpan StepLimit = TimeSpan.FromMinutes(1);

    /// <summary>Of what is packed, so that the same sources give the same file.</summary>
    private static readonly DateTimeOffset Stamp = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The bootstrap reaches what Java hides: the descriptor of its channel, and the variables of the process.</summary>
    private const string Manifest = """
        Manifest-Version: 1.0
        Main-Class: petrel.runtime.Main
        Add-Opens: java.base/java.util java.base/java.io java.base/jdk.interna
         l.loader java.base/jdk.internal.misc

        """;

    private static int _made;

    private readonly ConcurrentDictionary<string, Lazy<Files>> _files = new(StringComparer.Ordinal);

    /// <param name="Archive">Null when this machine's Java made none.</param>
    public sealed record Files(string Folder, string Jar, string? Archive);

    /// <exception cref="FunctionStartException">It cannot be made; the message says why.</exception>
    public Files Prepare(string program)
    {
        var files = _files.GetOrAdd(program, p => new Lazy<Files>(() => Make(p)));
        try
        {
            return files.Value;
        }
        catch (FunctionStartException)
        {
            _files.TryRemove(new KeyValuePair<string, Lazy<Files>>(program, files)); // What was missing may be there next time.
            throw;
        }
    }

    private Files Make(string program)
    {
        var sources = Directory.GetFiles(Path.Combine(options.Bootstraps, "java"), "*.java", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToArray();
        var folder = Path.Combine(Path.GetFullPath(options.Compiled), "java-" + Fingerprint(program, sources));
        var (jar, archive) = (Path.Combine(folder, "petrel.jar"), Path.Combine(folder, "petrel.jsa"));
        if (!File.Exists(jar))
        {
            Directory.CreateDirectory(folder);
            Compile(program, sources, jar);
        }

        if (!File.Exists(archive))
        {
            MakeArchive(program, jar, archive);
        }

        return new Files(folder, jar, File.Exists(archive) ? archive : null);
    }

    private static string Fingerprint(string program, string[] sources)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{program} {File.GetLastWriteTimeUtc(program).Ticks} {Manifest}"));
        foreach (var source in sources)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(Path.GetFileName(source)));
            hash.AppendData(File.ReadAllBytes(source));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset()[..8]);
    }

    private static void Compile(string program, string[] sources, string jar)
    {
        var compiler = Path.Combine(Path.GetDirectoryName(program)!, "javac");
        var classes = Unpublished(jar);
        Directory.CreateDirectory(classes);
        try
        {
            // Strings put together by plain code: what the machine makes for it when it runs costs a start milliseconds.
            var (code, text) = Run(compiler, ["-nowarn", "-proc:none", "-XDstringConcat=inline", "-encoding", "UTF-8", "-d", classes, .. sources]);
            if (code != 0)
            {
                throw new FunctionStartException("Runtime.InvalidEntrypoint", $"The bootstrap for Java could not be compiled with {compiler}: {text}");
            }

            SetApart(classes, Path.GetDirectoryName(jar)!);
            var packed = classes + ".jar";
            Pack(classes, packed);
            Publish(packed, jar);
        }
        finally
        {
            Directory.Delete(classes, recursive: true);
        }
    }

    // What a waiting process exercises is loaded as a function is: from a folder, not with the program.
    private static void SetApart(string classes, string folder)
    {
        var warm = Directory.CreateDirectory(Path.Combine(folder, "warm/petrel/runtime"));
        foreach (var file in Directory.GetFiles(Path.Combine(classes, "petrel/runtime"), "Dummy*.class"))
        {
            File.Move(file, Path.Combine(warm.FullName, Path.GetFileName(file)), overwrite: true);
        }
    }

    private static void Pack(string classes, string target)
    {
        using var jar = ZipFile.Open(target, ZipArchiveMode.Create);
        Add("META-INF/MANIFEST.MF", Encoding.UTF8.GetBytes(Manifest));
        foreach (var file in Directory.GetFiles(classes, "*.class", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            Add(Path.GetRelativePath(classes, file), File.ReadAllBytes(file));
        }

        void Add(string name, byte[] content)
        {
            var entry = jar.CreateEntry(name, CompressionLevel.NoCompression);
            entry.LastWriteTime = Stamp;
            using var stream = entry.Open();
            stream.Write(content);
        }
    }

    // The archive names its jar by path and time: it is made beside the jar's last place.
    private static void MakeArchive(string program, string jar, string archive)
    {
        var made = Unpublished(archive);
        var (code, _) = Run(program, [$"-XX:ArchiveClassesAtExit={made}", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-Xlog:disable", "-jar", jar, "--train"]);
        if (code == 0 && File.Exists(made))
        {
            Publish(made, archive);
        }
        else
        {
            File.Delete(made);
        }
    }

    private static string Unpublished(string target) => $"{target}.{Environment.ProcessId}-{Interlocked.Increment(ref _made)}";

    /// <summary>Another daemon with the same folder may have been first.</summary>
    private static void Publish(string made, string target)
    {
        try
        {
            File.Move(made, target, overwrite: false);
        }
        catch (IOException) when (File.Exists(target))
        {
            File.Delete(made);
        }
    }

    private static (int Code, string Text) Run(string program, string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
            start.Environment.Remove("JAVA_TOOL_OPTIONS");
            using var process = Process.Start(start)!;
            var text = process.StandardError.ReadToEndAsync();
            _ = process.StandardOutput.ReadToEndAsync();
            if (!process.WaitForExit(StepLimit))
            {
                process.Kill();
            }

            process.WaitForExit();
            return (process.ExitCode, text.GetAwaiter().GetResult());
        }
        catch (Win32Exception e)
        {
            return (-1, e.Message);
        }
    }
}
