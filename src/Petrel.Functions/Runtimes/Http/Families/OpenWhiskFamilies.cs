using Petrel.Functions.Runtimes.Http.OpenWhisk;
using Petrel.Functions.Sandboxes;

namespace Petrel.Functions.Runtimes.Http.Families;

/// <summary>Programs that answer <c>/init</c> and <c>/run</c> themselves, as OpenWhisk's images do. The handler is the command that starts one.</summary>
internal sealed class OpenWhiskFamily : WorkerFamily
{
    public override string Name => "openwhisk";

    public override LaunchPlan Plan(FunctionSpec function, RuntimeInfo runtime) => new() { Command = ["/bin/sh", "-c", StartCommand.Of(function)] };

    public override IWorkerProtocol Protocol(FunctionSpec function, WorkerSettings settings) => new OpenWhiskProtocol(function, "main");
}

/// <summary>
/// Actions of one language, run by a small server of ours. The handler names the file and its function: <c>index.main</c>.
/// </summary>
/// <param name="server">The server's file in the bootstraps' folder.</param>
internal sealed class OpenWhiskActionFamily(RuntimeOptions options, string name, string server) : WorkerFamily
{
    private const string Folder = "/var/runtime";

    public override string Name => name;

    public override LaunchPlan Plan(FunctionSpec function, RuntimeInfo runtime)
    {
        var dot = function.Handler.LastIndexOf('.');
        if (dot <= 0 || dot == function.Handler.Length - 1)
        {
            throw InvalidEntry($"The handler names a file and its function, as index.main. It is {function.Handler}");
        }

        return new LaunchPlan
        {
            Command = [runtime.Program!, $"{Folder}/{server}"],
            Environment = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["PYTHONPATH"] = $"{Task}:/opt/python",
                ["PYTHONUNBUFFERED"] = "1",
                ["__OW_API_HOST"] = "http://localhost:4566",
            },
            Mounts = [new SandboxMount(Path.Combine(options.Bootstraps, "openwhisk"), Folder), .. ProgramMounts(runtime)],
        };
    }

    public override IWorkerProtocol Protocol(FunctionSpec function, WorkerSettings settings) =>
        new OpenWhiskProtocol(function, function.Handler);
}
