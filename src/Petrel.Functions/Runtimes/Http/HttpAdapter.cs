using Petrel.Functions.Runtimes.Http.Families;
using Petrel.Functions.Sandboxes;

namespace Petrel.Functions.Runtimes.Http;

/// <summary>Runs programs that serve HTTP. What they are told, and how they are started, is their family's.</summary>
internal sealed class HttpAdapter(TimeProvider time) : IRuntimeAdapter
{
    private readonly WorkerFamily[] _families = [new HttpFamily(), new GoogleNodeFamily(), new GooglePythonFamily()];

    public bool Runs(RuntimeInfo runtime) => Array.Exists(_families, f => f.Name == runtime.Family);

    public LaunchPlan Plan(FunctionSpec function, RuntimeInfo runtime)
    {
        var settings = WorkerSettings.Of(function);
        var plan = Family(runtime).Plan(function, runtime);
        return plan with { Environment = WorkerEnvironment.Build(function, runtime, settings, plan.Environment) };
    }

    public IRuntimeSession Attach(ISandbox sandbox, RuntimeAssignment assignment)
    {
        var settings = WorkerSettings.Of(assignment.Function);
        var worker = new Worker(sandbox, settings.Port, time);
        return new WorkerSession(sandbox, worker, Family(assignment.Runtime).Protocol(assignment.Function, settings), settings);
    }

    private WorkerFamily Family(RuntimeInfo runtime) => Array.Find(_families, f => f.Name == runtime.Family)!;
}
