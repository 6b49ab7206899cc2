using System.Net;
using System.Net.Sockets;
using Petrel.Functions.Runtimes.Api;
using Petrel.Functions.Runtimes.Frames;
using Petrel.Functions.Sandboxes;

namespace Petrel.Functions.Runtimes.Adapters;

/// <summary>
/// What all runtimes have in common: the Runtime API inside the sandbox, the wrapper script, the conversation. A language adds its
/// <see cref="Launch"/>.
/// </summary>
internal abstract class RuntimeAdapter(RuntimeApiServer api) : IRuntimeAdapter
{
    private const string WrapperVariable = "AWS_LAMBDA_EXEC_WRAPPER";

    private static readonly IPEndPoint ApiEndPoint = new(IPAddress.Loopback, 9001);

    public abstract bool Runs(RuntimeInfo runtime);

    public virtual Task PrepareAsync(FunctionSpec function, RuntimeInfo runtime, CancellationToken cancellationToken) => Task.CompletedTask;

    public LaunchPlan Plan(FunctionSpec function, RuntimeInfo runtime)
    {
        var launch = Launch(function, runtime);
        var environment = new Dictionary<string, string>(launch.Environment, StringComparer.Ordinal)
        {
            ["AWS_LAMBDA_RUNTIME_API"] = ApiEndPoint.ToString(),
        };
        var plan = launch with { Command = Wrap(launch.Command, function), Environment = environment, Listen = [ApiEndPoint] };
        return plan with { Modules = Modules(function, runtime, plan) };
    }

    public BlankPlan? PlanBlank(FunctionSpec function, RuntimeInfo runtime)
    {
        if (function.Image is not null || function.Environment.ContainsKey(WrapperVariable) || StartVariables.MatterFor(function, runtime)
            || function.LayerDirectories.Any(layer => Directory.Exists(Path.Combine(layer, "extensions"))))
        {
            return null;
        }

        return LaunchBlank(function, runtime) is { } launch ? new BlankPlan(launch with { Listen = [ApiEndPoint], FrameChannel = true }) : null;
    }

    /// <summary>A sandbox of an image is that image's alone, so there is none.</summary>
    public BlankPlan? PlanReady(LaunchPlan plan) => plan.RootDirectory is null
        ? new BlankPlan(new LaunchPlan { Command = [], Mounts = plan.Mounts, Listen = plan.Listen, Waits = true, FrameChannel = true })
        : null;

    public virtual IReadOnlyList<string>? PlanFork(FunctionSpec function, RuntimeInfo runtime) => null;

    public IRuntimeSession Attach(ISandbox sandbox, RuntimeAssignment assignment)
    {
        if (assignment.Function.InstanceConcurrency > 1 && sandbox.Frames is { } shared)
        {
            var session = new SharedFrameSession(shared, assignment);
            _ = session.WatchAsync(sandbox.Exited);
            return session; // The Runtime API has one invocation at a time.
        }

        var byFrames = sandbox.Frames is { } frames ? new FrameSession(frames, assignment) : null;
        _ = byFrames?.WatchAsync(sandbox.Exited);
        Socket listener;
        try
        {
            listener = sandbox.Listener(ApiEndPoint);
        }
        catch (FunctionStartException) when (byFrames is not null)
        {
            return byFrames; // A machine on which nothing can listen inside still runs what speaks frames.
        }

        var byApi = new RuntimeApiSession();
        _ = byApi.WatchAsync(sandbox.Exited);
        if (byFrames is not null)
        {
            return new EitherSession(byFrames, byApi, () => _ = api.ServeAsync(listener, byApi));
        }

        _ = api.ServeAsync(listener, byApi);
        return byApi;
    }

    /// <summary>What was made of the function's modules before.</summary>
    protected virtual string? Modules(FunctionSpec function, RuntimeInfo runtime, LaunchPlan plan) => null;

    /// <summary>The program, what it needs in its environment, and what the sandbox must show.</summary>
    protected abstract LaunchPlan Launch(FunctionSpec function, RuntimeInfo runtime);

    /// <summary>
    /// How the same process is started before it is known for which function: nothing of the function but what functions have in common. Null
    /// unless the language can do it; its process writes a Waiting frame, and takes its environment from the Init frame.
    /// </summary>
    protected virtual LaunchPlan? LaunchBlank(FunctionSpec function, RuntimeInfo runtime) => null;

    // The wrapper gets the command as its arguments and runs it in the end; the shell gives 127 and 126 for one that cannot be run.
    private static IReadOnlyList<string> Wrap(IReadOnlyList<string> command, FunctionSpec function) =>
        function.Environment.TryGetValue(WrapperVariable, out var wrapper) && wrapper.Length > 0
            ? ["/bin/sh", "-c", "exec \"$0\" \"$@\"", wrapper, .. command]
            : command;
}
