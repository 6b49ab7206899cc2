using Petrel.Functions.Runtimes.Catalogue;
using Petrel.Functions.Sandboxes;

namespace Petrel.Functions.Runtimes.Adapters;

/// <summary>What the launch plans of languages with a bootstrap of ours have in common.</summary>
internal static class LanguageLaunch
{
    /// <summary>Where the bootstrap is inside: <c>LAMBDA_RUNTIME_DIR</c>.</summary>
    public const string RuntimeFolder = "/var/runtime";

    private const string SystemPath = "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin";

    public static LaunchPlan Of(RuntimeOptions options, FunctionSpec function, RuntimeInfo runtime, string bootstrap) => new()
    {
        Command = [],
        Environment = Variables(function, runtime),
        Mounts = [new SandboxMount(Path.Combine(options.Bootstraps, bootstrap), RuntimeFolder), .. ProgramMounts(runtime)],
        FrameChannel = true,
    };

    /// <summary>The same before the function is known: the variables that name it come later, with all the others.</summary>
    public static LaunchPlan Blank(RuntimeOptions options, RuntimeInfo runtime, string bootstrap) => new()
    {
        Command = [],
        Mounts = [new SandboxMount(Path.Combine(options.Bootstraps, bootstrap), RuntimeFolder), .. ProgramMounts(runtime)],
        FrameChannel = true,
    };

    public static IReadOnlyDictionary<string, string> Variables(FunctionSpec function, RuntimeInfo runtime)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["AWS_EXECUTION_ENV"] = $"AWS_Lambda_{function.Runtime}",
        };
        if (PrefixOf(runtime) is { } prefix)
        {
            variables["PATH"] = $"{prefix}/bin:{SystemPath}";
        }

        return variables;
    }

    // A program outside the system's folders is shown at its own path: it finds its library by where it is.
    private static IEnumerable<SandboxMount> ProgramMounts(RuntimeInfo runtime) =>
        PrefixOf(runtime) is { } prefix ? [new SandboxMount(prefix, prefix)] : [];

    private static string? PrefixOf(RuntimeInfo runtime) => new InstalledProgram(runtime.Family, runtime.Program!, new Version()).Prefix;
}
