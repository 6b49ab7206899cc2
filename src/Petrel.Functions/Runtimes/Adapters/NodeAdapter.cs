using Petrel.Functions.Runtimes.Api;
using Petrel.Functions.Runtimes.Modules;
using Petrel.Functions.Sandboxes;

namespace Petrel.Functions.Runtimes.Adapters;

/// <summary>Node.js functions.</summary>
internal sealed class NodeAdapter(RuntimeOptions options, RuntimeApiServer api, ModuleCaches caches) : RuntimeAdapter(api)
{
    /// <summary>Modules that V8 has compiled; ES modules are not among what it lets us keep.</summary>
    private static readonly string[] Sources = [".js", ".cjs"];

    /// <summary>Has the waiting process load Node's own modules that most large packages use.</summary>
    private static readonly Dictionary<string, string> WithLibrary = new() { ["PETREL_LIBRARY"] = "1" };

    public override bool Runs(RuntimeInfo runtime) => runtime.Family == "nodejs";

    public override Task PrepareAsync(FunctionSpec function, RuntimeInfo runtime, CancellationToken cancellationToken) =>
        PlanBlank(function, runtime) is null ? Task.CompletedTask : caches.MakeAsync(function, runtime, Plan(function, runtime), Sources, cancellationToken);

    protected override string? Modules(FunctionSpec function, RuntimeInfo runtime, LaunchPlan plan) => ModuleCaches.Find(function, runtime, plan);

    protected override LaunchPlan Launch(FunctionSpec function, RuntimeInfo runtime)
    {
        // Layers bring modules for the version that the function names, whichever version runs it.
        var major = function.Runtime["nodejs".Length..].Split('.')[0];
        return LanguageLaunch.Of(options, function, runtime, "node") with
        {
            Command = [runtime.Program!, .. HeapLimits(function), $"{LanguageLaunch.RuntimeFolder}/bootstrap.js"],
            Environment = new Dictionary<string, string>(LanguageLaunch.Variables(function, runtime), StringComparer.Ordinal)
            {
                ["NODE_PATH"] = $"/opt/nodejs/node{major}/node_modules:/opt/nodejs/node_modules:"
                    + $"{LanguageLaunch.RuntimeFolder}/node_modules:{LanguageLaunch.RuntimeFolder}:/var/task",
            },
        };
    }

    /// <summary>The heap's limits are the program's arguments: a waiting process is for one memory size.</summary>
    protected override LaunchPlan LaunchBlank(FunctionSpec function, RuntimeInfo runtime) => LanguageLaunch.Blank(options, runtime, "node") with
    {
        Command = [runtime.Program!, .. HeapLimits(function), $"{LanguageLaunch.RuntimeFolder}/bootstrap.js"],
        Environment = caches.IsLarge(function, Sources) ? WithLibrary : [],
    };

    // V8 collects by what it may use, and takes the machine's memory for that: a function would be killed with most of its heap garbage.
    // The shares are Lambda's.
    private static IEnumerable<string> HeapLimits(FunctionSpec function) =>
        function.Environment.TryGetValue("NODE_OPTIONS", out var options) && options.Contains("max-old-space-size", StringComparison.Ordinal)
            ? []
            : [$"--max-old-space-size={function.MemoryMb * 80 / 100}", $"--max-semi-space-size={Math.Max(function.MemoryMb * 5 / 100, 1)}"];
}
