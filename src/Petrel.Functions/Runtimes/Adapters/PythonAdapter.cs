using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using Petrel.Functions.Runtimes.Api;
using Petrel.Functions.Runtimes.Modules;
using Petrel.Functions.Sandboxes;

namespace Petrel.Functions.Runtimes.Adapters;

/// <summary>Python functions.</summary>
internal sealed class PythonAdapter(RuntimeOptions options, RuntimeApiServer api, ModuleCaches caches) : RuntimeAdapter(api)
{
    /// <summary>It can receive descriptors.</summary>
    private static readonly Version LeastForFork = new(3, 9);

    private readonly ConcurrentDictionary<string, Task> _compiled = new(StringComparer.Ordinal);

    private static readonly string[] Sources = [".py"];

    /// <summary>Has the waiting process import much of the standard library: for functions that bring so much code that they do.</summary>
    private static readonly Dictionary<string, string> WithLibrary = new() { ["PETREL_LIBRARY"] = "1" };

    public override bool Runs(RuntimeInfo runtime) => runtime.Family == "python";

    public override Task PrepareAsync(FunctionSpec function, RuntimeInfo runtime, CancellationToken cancellationToken) =>
        PlanBlank(function, runtime) is null ? Task.CompletedTask : caches.MakeAsync(function, runtime, Plan(function, runtime), Sources, cancellationToken);

    protected override string? Modules(FunctionSpec function, RuntimeInfo runtime, LaunchPlan plan) => ModuleCaches.Find(function, runtime, plan);

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
        Environment = caches.IsLarge(function, Sources) ? WithLibrary : [],
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
