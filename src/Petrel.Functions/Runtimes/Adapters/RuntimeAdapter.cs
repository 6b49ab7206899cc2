using System.Net;
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

    public LaunchPlan Plan(FunctionSpec function, RuntimeInfo runtime)
    {
        var launch = Launch(function, runtime);
        var environment = new Dictionary<string, string>(launch.Environment, StringComparer.Ordinal)
        {
            ["AWS_LAMBDA_RUNTIME_API"] = ApiEndPoint.ToString(),
        };
        return launch with { Command = Wrap(launch.Command, function), Environment = environment, Listen = [ApiEndPoint] };
    }

    public IRuntimeSession Attach(ISandbox sandbox, RuntimeAssignment assignment)
    {
        var session = new RuntimeApiSession();
        _ = session.WatchAsync(sandbox.Exited);
        _ = api.ServeAsync(sandbox.Listener(ApiEndPoint), session);
        return sandbox.Frames is { } frames ? new EitherSession(new FrameSession(frames, assignment), session) : session;
    }

    /// <summary>The program, what it needs in its environment, and what the sandbox must show.</summary>
    protected abstract LaunchPlan Launch(FunctionSpec function, RuntimeInfo runtime);

    // The wrapper gets the command as its arguments and runs it in the end; the shell gives 127 and 126 for one that cannot be run.
    private static IReadOnlyList<string> Wrap(IReadOnlyList<string> command, FunctionSpec function) =>
        function.Environment.TryGetValue(WrapperVariable, out var wrapper) && wrapper.Length > 0
            ? ["/bin/sh", "-c", "exec \"$0\" \"$@\"", wrapper, .. command]
            : command;
}
