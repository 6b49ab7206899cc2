using Petrel.Functions.Runtimes.Frames;
using Petrel.Functions.Sandboxes;

namespace Petrel.Functions.Runtimes.Wasm;

/// <summary>
/// The conversation with a worker. Its assignment names a file of compiled code below /opt, where the daemon has put nothing else: not a file that
/// came with a package.
/// </summary>
internal sealed class WasmSession(ISandbox sandbox, RuntimeAssignment assignment, WasmModules modules) : IRuntimeSession
{
    private FrameSession? _frames;

    public async ValueTask<InitOutcome> InitAsync(CancellationToken cancellationToken)
    {
        var function = assignment.Function;
        var module = await modules.GetAsync(function, assignment.Runtime, cancellationToken);
        var own = assignment with
        {
            Function = function with { Handler = WasmWorker.Task(module.Kind, WasmHandler.Parse(function.Handler), $"/opt/{Path.GetFileName(module.Path)}") },
            Environment = WithoutWorker(assignment.Environment, function.Environment),
            StartedBefore = true, // Its variables never are the process's.
        };
        _frames = new FrameSession(sandbox.Frames!, own);
        _ = _frames.WatchAsync(sandbox.Exited);
        return await _frames.InitAsync(cancellationToken);
    }

    public ValueTask<RuntimeOutcome> InvokeAsync(Invocation invocation, DateTimeOffset deadline, CancellationToken cancellationToken) =>
        _frames!.InvokeAsync(invocation, deadline, cancellationToken);

    public ValueTask DisposeAsync() => _frames?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static Dictionary<string, string> WithoutWorker(IReadOnlyDictionary<string, string> all, IReadOnlyDictionary<string, string> own)
    {
        var variables = new Dictionary<string, string>(all.Count, StringComparer.Ordinal);
        foreach (var (name, value) in all)
        {
            if (!name.StartsWith("DOTNET_", StringComparison.Ordinal) || own.ContainsKey(name))
            {
                variables[name] = value;
            }
        }

        return variables;
    }
}
