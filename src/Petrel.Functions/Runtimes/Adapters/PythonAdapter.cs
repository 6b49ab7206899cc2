using Petrel.Functions.Runtimes.Api;
using Petrel.Functions.Sandboxes;

namespace Petrel.Functions.Runtimes.Adapters;

/// <summary>Python functions.</summary>
internal sealed class PythonAdapter(RuntimeOptions options, RuntimeApiServer api) : RuntimeAdapter(api)
{
    public override bool Runs(RuntimeInfo runtime) => runtime.Family == "python";

    protected override LaunchPlan Launch(FunctionSpec function, RuntimeInfo runtime) =>
        LanguageLaunch.Of(options, function, runtime, "python") with
        {
            // -S: without the host's packages; the bootstrap makes up for the rest of the site module.
            Command = [runtime.Program!, "-S", $"{LanguageLaunch.RuntimeFolder}/bootstrap.py"],
        };
}
