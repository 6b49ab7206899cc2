using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using Petrel.Functions.Runtimes.Api;
using Petrel.Functions.Sandboxes;

namespace Petrel.Functions.Runtimes.Adapters;

/// <summary>Python functions.</summary>
internal sealed class PythonAdapter(RuntimeOptions options, RuntimeApiServer api) : RuntimeAdapter(api)
{
    /// <summary>It can receive descriptors.</summary>
    private static readonly Version LeastForFork = new(3, 9);

    private readonly ConcurrentDictionary<string, Task> _compiled = new(StringComparer.Ordinal);

    public override bool Runs(RuntimeInfo runtime) => runtime.Family == "python";

    protected override LaunchPlan Launch(FunctionSpec function, RuntimeInfo runtime)
    {
        _ = _compiled.GetOrAdd(runtime.Program!, program => Task.Run(() => CompileBootstrap(program)));
        return LanguageLaunch.Of(options, function, runtime, "python") with
        {
            // -S: without the host's packages; the bootstrap makes up for the rest of the site module.
            Command = Command(runtime),
        };
    }

    protected override LaunchPlan LaunchBlank(FunctionSpec function, RuntimeInfo runtime) => LanguageLaunch.Blank(options, runtime, "python") with
    {
        Command = Command(runtime),
    };

    /// <summary>
    /// A child of the fork server has what the server's process read at its start: it is only for functions that could become those of a waiting
    /// process, and that bring no libraries for the dynamic linker, which remembers where it found none.
    /// </summary>
    public override IReadOnlyList<string>? PlanFork(FunctionSpec function, RuntimeInfo runtime) =>
        PlanBlank(function, runtime) is not null && Version.TryParse(runtime.InstalledVersion, out var version) && version >= LeastForFork
            && !function.LayerDirectories.Append(function.CodeDirectory).Any(HasLibraries)
            ? [runtime.Program!, "-S", Path.Combine(options.Bootstraps, "python", "bootstrap.py"), "fork"]
            : null;

    private static bool HasLibraries(string folder) =>
        Directory.Exists(Path.Combine(folder, "lib")) || Directory.EnumerateFiles(folder, "lib*.so*").Any();

    private static string[] Command(RuntimeInfo runtime) => [runtime.Program!, "-S", $"{LanguageLaunch.RuntimeFolder}/bootstrap.py"];

    // Inside, the folder is read-only, and each start would compile the bootstrap anew. Where it cannot be written here either, it does.
    private void CompileBootstrap(string program)
    {
        try
        {
            string[] arguments = ["-S", "-m", "compileall", "-q", Path.Combine(options.Bootstraps, "python", "_petrel")];
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.WaitForExit(TimeSpan.FromSeconds(30));
        }
        catch (Win32Exception)
        {
            return; // The start of the function will say what is wrong with the program.
        }
    }
}
