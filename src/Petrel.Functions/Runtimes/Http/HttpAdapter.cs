using Petrel.Functions.Runtimes.Http.Families;
using Petrel.Functions.Sandboxes;

namespace Petrel.Functions.Runtimes.Http;

/// <summary>Runs programs that serve HTTP. What they are told, and how they are started, is their family's.</summary>
internal sealed class HttpAdapter(RuntimeOptions options, TimeProvider time) : IRuntimeAdapter
{
    private readonly WorkerFamily[] _families =
    [
        new HttpFamily(),
        new GoogleNodeFamily(),
        new GooglePythonFamily(),
        new AzureFamily(),
        new OpenWhiskFamily(),
        new OpenWhiskActionFamily(options, "openwhisk-nodejs", "action.js"),
        new OpenWhiskActionFamily(options, "openwhisk-python", "action.py"),
    ];

    public bool Runs(RuntimeInfo runtime) => Array.Exists(_families, f => f.Name == runtime.Family);

    /// <summary>What cannot be started is said when it is deployed.</summary>
    public Task PrepareAsync(FunctionSpec function, RuntimeInfo runtime, CancellationToken cancellationToken)
    {
        _ = Plan(function, runtime);
        return Task.CompletedTask;
    }

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
