using Petrel.Functions.Runtimes.Api;
using Petrel.Functions.Sandboxes;

namespace Petrel.Functions.Runtimes.Adapters;

/// <summary>Container images, whose entry point speaks the Runtime API.</summary>
internal sealed class ImageAdapter(RuntimeApiServer api) : RuntimeAdapter(api)
{
    public override bool Runs(RuntimeInfo runtime) => runtime.Family == ImageSpec.Runtime;

    protected override LaunchPlan Launch(FunctionSpec function, RuntimeInfo runtime)
    {
        var image = function.Image ?? throw new FunctionStartException("Runtime.InvalidEntrypoint", "Error: The function has no image");
        return image.Command.Count == 0
            ? throw new FunctionStartException("Runtime.InvalidEntrypoint", "Error: The image has neither ENTRYPOINT nor CMD")
            : new LaunchPlan
            {
                Command = image.Command,
                Environment = image.Environment,
                RootDirectory = image.RootDirectory,
                WorkingDirectory = image.WorkingDirectory,
            };
    }
}
