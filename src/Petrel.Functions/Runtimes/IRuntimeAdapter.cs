using Petrel.Functions.Sandboxes;

namespace Petrel.Functions.Runtimes;

/// <summary>Speaks one protocol with the processes of some runtimes: frames, the Lambda Runtime API…</summary>
public interface IRuntimeAdapter
{
    /// <summary>Whether this adapter runs the runtime.</summary>
    bool Runs(RuntimeInfo runtime);

    /// <summary>Makes ready, at a deployment, what every start of this function needs.</summary>
    /// <exception cref="FunctionStartException">The code can never run: the message says why.</exception>
    Task PrepareAsync(FunctionSpec function, RuntimeInfo runtime, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>How the runtime's process is started for this function.</summary>
    LaunchPlan Plan(FunctionSpec function, RuntimeInfo runtime);

    /// <summary>
    /// How a process is started that can become this function later, when it gets code, variables and limits at once; null when the function
    /// would see a difference, or the adapter knows no such process. Functions with equal plans share waiting processes.
    /// </summary>
    BlankPlan? PlanBlank(FunctionSpec function, RuntimeInfo runtime) => null;

    /// <summary>
    /// A sandbox for the same process, that is ready except for the process, which is started in it when its function is known; null when
    /// there can be none. It sees no difference.
    /// </summary>
    BlankPlan? PlanReady(LaunchPlan plan) => null;

    /// <summary>The program of a fork server for the function, on the host; null when its instances cannot be borne by one.</summary>
    IReadOnlyList<string>? PlanFork(FunctionSpec function, RuntimeInfo runtime) => null;

    /// <summary>What the sandbox is made from, if that is not just the function: code that was made from its code, in the place of layers.</summary>
    FunctionSpec InSandbox(FunctionSpec function) => function;

    /// <summary>Begins to speak with the process in a sandbox that was launched by <see cref="Plan"/>, or assigned after <see cref="PlanBlank"/>.</summary>
    IRuntimeSession Attach(ISandbox sandbox, RuntimeAssignment assignment);
}

/// <summary>What a process becomes.</summary>
/// <param name="StartedBefore">It was started before it was known for which function, so that its own environment lacks the variables.</param>
public sealed record RuntimeAssignment(
    FunctionSpec Function, RuntimeInfo Runtime, IReadOnlyDictionary<string, string> Environment, bool StartedBefore = false);

/// <summary>
/// The conversation with one process, one invocation at a time unless <see cref="FunctionSpec.InstanceConcurrency"/> is above one: then so many
/// calls of <see cref="InvokeAsync"/> may be in flight. The engine keeps the time. With one at a time it kills the sandbox at a deadline, and the
/// session's call ends with <see cref="RuntimeOutcomeKind.Exited"/>; with several it cancels the call, which ends at once with an
/// <see cref="OperationCanceledException"/>, drops what the process may still answer, and leaves the other calls alone. Disposing lets go of
/// buffers and sockets that the session made itself.
/// </summary>
public interface IRuntimeSession : IAsyncDisposable
{
    /// <summary>Completes when the handler is loaded (the first <c>/next</c> of the Runtime API), or cannot be.</summary>
    ValueTask<InitOutcome> InitAsync(CancellationToken cancellationToken);

    /// <summary>Runs one invocation to its end. Cancelled when the instance is given up, or, among several in flight, at its deadline.</summary>
    ValueTask<RuntimeOutcome> InvokeAsync(Invocation invocation, DateTimeOffset deadline, CancellationToken cancellationToken);
}

public enum InitOutcomeKind
{
    Ready,

    /// <summary>The runtime said why it cannot start; <see cref="InitOutcome.Body"/> is its error.</summary>
    Error,

    /// <summary>The process ended (or broke its channel) without a word.</summary>
    Exited,
}

/// <param name="Body">The JSON error body (<c>errorMessage</c>, <c>errorType</c>, <c>stackTrace</c>…) of <see cref="InitOutcomeKind.Error"/>.</param>
/// <param name="ErrorType">The error's type beside the body (<c>Lambda-Runtime-Function-Error-Type</c>); null when only the body knows it.</param>
/// <param name="Untold">The error is the platform's finding: the function's log does not say it yet.</param>
public readonly record struct InitOutcome(
    InitOutcomeKind Kind, ReadOnlyMemory<byte> Body = default, string? ErrorType = null, bool Untold = false);

public enum RuntimeOutcomeKind
{
    /// <summary>The answer, whole, in <see cref="RuntimeOutcome.Body"/>.</summary>
    Response,

    /// <summary>The handler failed; the body is its JSON error.</summary>
    Error,

    /// <summary>The answer went to the invocation's response stream and is complete.</summary>
    Streamed,

    /// <summary>The handler failed after the stream had begun; the body is its JSON error.</summary>
    StreamFailed,

    /// <summary>The answer is longer than a buffered one may be; the instance stays usable. <see cref="RuntimeOutcome.SizeBytes"/> says how long.</summary>
    TooLarge,

    /// <summary>The process ended, broke its channel or broke the protocol before the answer was whole; the instance is given up.</summary>
    Exited,
}

/// <param name="Body">Owned by the receiver.</param>
/// <param name="ContentType">As the runtime gave it; null means JSON.</param>
/// <param name="ErrorType">The error's type beside the body; null when only the body knows it.</param>
/// <param name="Ends">The process has announced its end with this answer (an exception that nothing caught): the instance is given up.</param>
/// <param name="Untold">The error is the platform's finding: the function's log does not say it yet.</param>
public readonly record struct RuntimeOutcome(
    RuntimeOutcomeKind Kind, ReadOnlyMemory<byte> Body = default, string? ContentType = null, string? ErrorType = null, long SizeBytes = 0,
    bool Ends = false, bool Untold = false)
{
    /// <summary>Lines for the function's log that came with the answer.</summary>
    public IReadOnlyList<string>? Lines { get; init; }
}
