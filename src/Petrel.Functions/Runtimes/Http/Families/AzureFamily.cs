using System.Globalization;
using Petrel.Functions.Runtimes.Http.Azure;
using Petrel.Functions.Sandboxes;

namespace Petrel.Functions.Runtimes.Http.Families;

/// <summary>Apps of Azure Functions with a custom handler. The handler's name says which function events are for, when there are several.</summary>
internal sealed class AzureFamily : WorkerFamily
{
    public override string Name => "azure-custom";

    public override LaunchPlan Plan(FunctionSpec function, RuntimeInfo runtime)
    {
        var app = AzureApp.Read(function.CodeDirectory);
        if (!function.Environment.ContainsKey(AzureProtocol.KeyVariable) && app.Functions.FirstOrDefault(f => f.Http is { AuthLevel: not "anonymous" }) is { } closed)
        {
            throw WorkerSettings.Invalid(
                $"{closed.Name} has the authLevel {closed.Http!.AuthLevel}: give {AzureProtocol.KeyVariable} the key of its callers, or write anonymous");
        }

        var folder = Path.TrimEndingDirectorySeparator(Path.Combine(Task, app.WorkingDirectory));
        return new LaunchPlan
        {
            Command = folder == Task ? ["/bin/sh", "-c", "exec \"$0\" \"$@\"", .. app.Command] : ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", folder, .. app.Command],
            Environment = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["FUNCTIONS_CUSTOMHANDLER_PORT"] = WorkerSettings.Of(function).Port.ToString(CultureInfo.InvariantCulture),
                ["FUNCTIONS_WORKER_RUNTIME"] = "custom",
                ["AzureWebJobsScriptRoot"] = Task,
            },
        };
    }

    public override IWorkerProtocol Protocol(FunctionSpec function, WorkerSettings settings) => new AzureProtocol(function, AzureApp.Read(function.CodeDirectory));
}
