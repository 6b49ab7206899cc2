using Petrel.Functions.Sandboxes;

namespace Petrel.Functions.Runtimes.Wasm;

/// <summary>WebAssembly functions, each in a worker process of its own.</summary>
internal sealed class WasmAdapter(RuntimeOptions options, WasmModules modules) : IRuntimeAdapter
{
    public bool Runs(RuntimeInfo runtime) => runtime.Family == "wasm";

    public LaunchPlan Plan(FunctionSpec function, RuntimeInfo runtime) => WasmWorker.Plan(options, runtime);

    /// <summary>One process is as good for every function: its settings are ours, and code, limits and variables come with the assignment.</summary>
    public BlankPlan? PlanBlank(FunctionSpec function, RuntimeInfo runtime) => new(WasmWorker.Plan(options, runtime));

    public IRuntimeSession Attach(ISandbox sandbox, RuntimeAssignment assignment) => new WasmSession(sandbox, assignment, modules);

    public Task PrepareAsync(FunctionSpec function, RuntimeInfo runtime, CancellationToken cancellationToken) => function.LayerDirectories.Count == 0
        ? modules.GetAsync(function, runtime, cancellationToken)
        : throw new FunctionStartException("InvalidZipFileException", "WebAssembly functions have no layers: a program sees only /var/task and /tmp");

    /// <summary>Compiled code is at /opt, where other functions have their layers. It may still be missing, but not its folder.</summary>
    public FunctionSpec InSandbox(FunctionSpec function) => function with { LayerDirectories = [WasmModules.MakeFolder(function)] };
}
