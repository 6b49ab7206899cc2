using Petrel.Functions.Runtimes.Api;
using Petrel.Functions.Sandboxes;

namespace Petrel.Functions.Runtimes.Adapters;

/// <summary>Functions that bring a <c>bootstrap</c> of their own, in the code or in a layer, which speaks the Runtime API.</summary>
internal sealed class ProvidedAdapter(RuntimeApiServer api) : RuntimeAdapter(api)
{
    public override bool Runs(RuntimeInfo runtime) => runtime.Family == "provided";

    protected override LaunchPlan Launch(FunctionSpec function, RuntimeInfo runtime)
    {
        if (!function.LayerDirectories.Append(function.CodeDirectory).Any(HasBootstrap))
        {
            throw new FunctionStartException(
                "Runtime.InvalidEntrypoint", "Error: Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]");
        }

        return new LaunchPlan { Command = [HasBootstrap(function.CodeDirectory) ? "/var/task/bootstrap" : "/opt/bootstrap"] };
    }

    private static bool HasBootstrap(string folder) => File.Exists(Path.Combine(folder, "bootstrap"));
}
