using System.Diagnostics;
using Petrel.Functions.Runtimes;
using Petrel.Functions.Runtimes.Adapters;

namespace Petrel.Functions.Tests.Runtimes;

/// <summary>The handlers of <c>tests/Functions/Java</c>, compiled once a run against the interfaces that the bootstrap brings.</summary>
internal static class JavaFunctions
{
    private static readonly Lazy<string> Compiled = new(() => Compile("handlers", Directory.GetFiles(Path.Combine(RuntimesUnderTest.Root, "tests/Functions/Java"), "*.java", SearchOption.AllDirectories)));

    /// <summary>A folder with the classes at its root, as a package has them.</summary>
    public static string Folder => Compiled.Value;

    /// <summary>The oldest Java on the machine: it stands for every other.</summary>
    public static RuntimeInfo Runtime => RuntimesUnderTest.Provider.Catalogue.Find("java17")!;

    /// <summary>Compiles sources into a new folder beside the test program.</summary>
    public static string Compile(string name, params string[] sources)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "compiled", "tests-" + name);
        var jar = new JavaBootstrap(new RuntimeOptions()).Prepare(Runtime.Program!).Jar;
        Run("javac", ["-nowarn", "-proc:none", "-encoding", "UTF-8", "-cp", jar, "-d", folder, .. sources]);
        return folder;
    }

    public static void Run(string tool, params string[] arguments)
    {
        var program = Path.Combine(Path.GetDirectoryName(Runtime.Program!)!, tool);
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors);
    }
}
