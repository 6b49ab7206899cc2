using Petrel.Functions.Runtimes.Api;
using Petrel.Functions.Sandboxes;

namespace Petrel.Functions.Runtimes.Adapters;

/// <summary>Java functions, on our bootstrap for Java 17 and newer.</summary>
internal sealed class JavaAdapter(RuntimeOptions options, RuntimeApiServer api) : RuntimeAdapter(api)
{
    private const string ToolOptions = "JAVA_TOOL_OPTIONS";

    /// <summary>What the machine itself needs beside the heap: its own structures, classes, compiled code, threads.</summary>
    private const int BesideHeapMb = 44;

    private readonly JavaBootstrap _bootstrap = new(options);

    public override bool Runs(RuntimeInfo runtime) => runtime.Family == "java";

    /// <summary>The first Java function of a machine waits for the compiler when it is deployed, not when it is invoked.</summary>
    public override Task PrepareAsync(FunctionSpec function, RuntimeInfo runtime, CancellationToken cancellationToken) =>
        Task.Run(() => _bootstrap.Prepare(runtime.Program!), cancellationToken);

    protected override LaunchPlan Launch(FunctionSpec function, RuntimeInfo runtime)
    {
        return Complete(LanguageLaunch.Of(options, function, runtime, "java"), function, runtime, _bootstrap.Prepare(runtime.Program!));
    }

    /// <summary>
    /// The heap's limit is the program's argument: a waiting process is for one memory size. Where no archive could be made, what gives a process
    /// its variables late did not work either.
    /// </summary>
    protected override LaunchPlan? LaunchBlank(FunctionSpec function, RuntimeInfo runtime) =>
        _bootstrap.Prepare(runtime.Program!) is { Archive: not null } files ? Complete(LanguageLaunch.Blank(options, runtime, "java"), function, runtime, files) : null;

    private static LaunchPlan Complete(LaunchPlan launch, FunctionSpec function, RuntimeInfo runtime, JavaBootstrap.Files files) => launch with
    {
        Command = [runtime.Program!, .. Flags(function, files), "-jar", files.Jar],
        Environment = new Dictionary<string, string>(launch.Environment, StringComparer.Ordinal)
        {
            ["LC_CTYPE"] = "C.UTF-8", // The host may lack Lambda's locale, and names of files are ASCII without one.
        },

        // At its own path: an archive of classes is good for the one path that it was made for.
        Mounts = [.. launch.Mounts, new SandboxMount(files.Folder, files.Folder)],
    };

    // Options on the command line win over the function's own, so that one that the function gives is left out here.
    private static IEnumerable<string> Flags(FunctionSpec function, JavaBootstrap.Files files)
    {
        var own = function.Environment.GetValueOrDefault(ToolOptions) ?? "";
        foreach (var (sign, flag) in Defaults(function, files))
        {
            if (!own.Contains(sign, StringComparison.Ordinal))
            {
                yield return flag;
            }
        }
    }

    private static IEnumerable<(string Sign, string Flag)> Defaults(FunctionSpec function, JavaBootstrap.Files files)
    {
        // 85 % is Lambda's share; small functions leave more, since garbage counts against the limit as everything does.
        yield return ("-Xmx", $"-Xmx{Math.Min(function.MemoryMb * 85 / 100, function.MemoryMb - BesideHeapMb)}m");
        yield return ("-Xms", "-Xms16m");
        yield return ("GC", "-XX:+UseSerialGC");
        yield return ("TieredStopAtLevel", "-XX:TieredStopAtLevel=1");
        yield return ("UsePerfData", "-XX:-UsePerfData"); // It would only lie in /tmp.
        yield return ("-Xlog", "-Xlog:disable"); // Its warnings go to standard output: an archive that does not fit is no event of the function.
        yield return ("file.encoding", "-Dfile.encoding=UTF-8");
        if (files.Archive is not null)
        {
            yield return ("-Xshare", "-Xshare:auto");
            yield return ("SharedArchiveFile", $"-XX:SharedArchiveFile={files.Archive}");
        }
    }
}
