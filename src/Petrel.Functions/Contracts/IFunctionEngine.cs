namespace Petrel.Functions;

/// <summary>
/// Runs functions: admission, pools of instances, sandboxes and runtime adapters. It knows nothing of APIs, accounts' policies or stores:
/// the caller resolves a name to a <see cref="FunctionSpec"/> and hands over the limits in force.
/// </summary>
public interface IFunctionEngine
{
    /// <summary>
    /// Runs one invocation to its end. An error of the function is a result; <see cref="ThrottledException"/> says that it was never
    /// started, <see cref="FunctionStartException"/> that no instance could be made (a broken sandbox, a runtime that is not there).
    /// </summary>
    /// <param name="abandoned">The client has gone: the invocation still runs to its end, its answer is dropped.</param>
    Task<InvocationResult> InvokeAsync(FunctionSpec spec, Invocation invocation, AdmissionLimits limits, CancellationToken abandoned = default);

    /// <summary>Makes ready, at a deployment, what every start of this function needs: WebAssembly is compiled, and a runtime that it can use is started ahead.</summary>
    /// <exception cref="FunctionStartException">The code can never run: the message says why.</exception>
    Task PrepareAsync(FunctionSpec spec, CancellationToken cancellationToken = default);

    /// <summary>Ends the instances of all of a function's pools but those in <paramref name="current"/>; running invocations finish.</summary>
    Task RetireAsync(string functionArn, IReadOnlySet<string> current, CancellationToken cancellationToken = default);

    /// <summary>Keeps <paramref name="instances"/> initialised instances of this version, beyond what demand asks for; 0 ends it.</summary>
    Task ProvisionAsync(FunctionSpec spec, int instances, CancellationToken cancellationToken = default);

    /// <summary>How many provisioned instances of a pool are ready.</summary>
    ProvisionedState GetProvisioned(string poolKey);

    /// <summary>The runtimes of this machine: which identifiers run, and on what.</summary>
    RuntimeCatalogue Runtimes { get; }

    /// <summary>Invocations that run now, of one function or of all.</summary>
    int Concurrency(string? functionArn = null);

    /// <summary>How the function's instance that was started last came to be, in any of its versions; null when that is not known any more.</summary>
    StartTimeline? LastStart(string functionArn);

    /// <summary>The runtimes that wait for functions, by what runs in them.</summary>
    IReadOnlyList<WaitingRuntimes> WaitingRuntimes();

    /// <summary>What every version does that has instances or has lately been invoked. Cheap: it may be asked every second.</summary>
    IReadOnlyList<FunctionActivity> Activity();
}

/// <summary>All that is needed to run one configuration of a function. Immutable: an update makes a new one, with a new pool.</summary>
public sealed record FunctionSpec
{
    /// <summary>What names the pool: differs for every published version and every update of <c>$LATEST</c>.</summary>
    public required string PoolKey { get; init; }

    public required string Account { get; init; }

    public required string Region { get; init; }

    public required string Name { get; init; }

    /// <summary>The function's ARN without qualifier.</summary>
    public required string FunctionArn { get; init; }

    /// <summary><c>$LATEST</c> or a number.</summary>
    public required string Version { get; init; }

    /// <summary>The runtime's identifier as the user gave it: <c>python3.12</c>.</summary>
    public required string Runtime { get; init; }

    public required string Handler { get; init; }

    /// <summary>The unpacked code, read-only and shared by all versions with this content; it becomes /var/task.</summary>
    public required string CodeDirectory { get; init; }

    /// <summary>Unpacked layers in the order of the configuration; merged into /opt, later ones win.</summary>
    public IReadOnlyList<string> LayerDirectories { get; init; } = [];

    /// <summary>What it runs when it is a container image; then it has no code directory and no layers.</summary>
    public ImageSpec? Image { get; init; }

    public int MemoryMb { get; init; } = 128;

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(3);

    public int EphemeralStorageMb { get; init; } = 512;

    /// <summary>Where its connections may go.</summary>
    public FunctionEgress Egress { get; init; } = FunctionEgress.Outside;

    public IReadOnlyDictionary<string, string> Environment { get; init; } = System.Collections.Frozen.FrozenDictionary<string, string>.Empty;

    public string? RoleArn { get; init; }

    public required string LogGroup { get; init; }

    /// <summary>Whether lines and platform events are written as JSON (<c>LoggingConfig.LogFormat</c>).</summary>
    public bool JsonLogs { get; init; }

    /// <summary>Below which level the runtime drops the function's lines (<c>LoggingConfig.ApplicationLogLevel</c>); null for the runtime's own.</summary>
    public string? LogLevel { get; init; }

    /// <summary>
    /// How many invocations one instance runs at the same time, 1 to 64. Above one the session's <c>InvokeAsync</c> is called concurrently.
    /// </summary>
    public int InstanceConcurrency { get; init; } = 1;

    /// <summary><c>x86_64</c> or <c>arm64</c>; only the machine's own runs.</summary>
    public string Architecture { get; init; } = "x86_64";
}

/// <summary>What bounds the concurrency of a function at this moment.</summary>
/// <param name="Reserved">The function's reserved concurrency; null when it has none.</param>
/// <param name="AccountUnreserved">What all functions of the account without reservation share.</param>
/// <param name="Budget">The budget that is used up, so that nothing of the function may start; null while there is none.</param>
public readonly record struct AdmissionLimits(int? Reserved, int AccountUnreserved = 1000, BudgetRefusal? Budget = null);

/// <summary>Why a budget lets nothing more start.</summary>
/// <param name="Message">For whoever called: which budget, how much it was, when it opens again.</param>
/// <param name="ResetsAt">When its next period begins.</param>
public sealed record BudgetRefusal(ThrottleReason Reason, string Message, DateTimeOffset ResetsAt);

/// <summary>One event for a function.</summary>
public sealed record Invocation
{
    public required string RequestId { get; init; }

    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>The request of a function URL, for a runtime that serves HTTP; then <see cref="Payload"/> is empty. Null for an event.</summary>
    public HttpExchange? Http { get; init; }

    /// <summary>The ARN that was called, with the qualifier that was asked: <c>context.invokedFunctionArn</c>.</summary>
    public required string InvokedFunctionArn { get; init; }

    /// <summary>The client context, base64 as it came in its header.</summary>
    public string? ClientContext { get; init; }

    public string? TraceId { get; init; }

    /// <summary>The span of the request that put it into a queue, as a W3C <c>traceparent</c>; null for one that is run for its caller.</summary>
    public string? Origin { get; init; }

    /// <summary>Where a streamed answer goes as it is made; null for a buffered one (then a streaming handler's answer is collected).</summary>
    public IResponseStream? ResponseStream { get; init; }

    /// <summary>The last 4 KB of the invocation's log are wanted in the result.</summary>
    public bool WantLogTail { get; init; }
}

/// <summary>Takes a streamed answer while the function makes it.</summary>
public interface IResponseStream
{
    /// <summary>Called once before the first byte. Metadata is the JSON prelude of an HTTP answer (status, headers, cookies), if the function gave one.</summary>
    ValueTask StartAsync(string contentType, ReadOnlyMemory<byte> metadata, CancellationToken cancellationToken);

    ValueTask WriteAsync(ReadOnlyMemory<byte> chunk, CancellationToken cancellationToken);
}

/// <summary>How an invocation ended.</summary>
public sealed record InvocationResult
{
    /// <summary>The answer, or the error body (<c>errorMessage</c>, <c>errorType</c>, <c>stackTrace</c>…); empty when the answer was streamed.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Null on success; <c>Unhandled</c> (or <c>Handled</c>) on an error of the function, its runtime, a timeout or a crash.</summary>
    public string? FunctionError { get; init; }

    public string ContentType { get; init; } = "application/json";

    public required string ExecutedVersion { get; init; }

    /// <summary>The last 4 KB of the log, when asked for.</summary>
    public ReadOnlyMemory<byte> LogTail { get; init; }

    public required InvocationReport Report { get; init; }
}

/// <summary>What the REPORT line says, what it cost the machine, and what metering wants beside it.</summary>
public sealed record InvocationReport(TimeSpan Duration, TimeSpan BilledDuration, TimeSpan? InitDuration, int MemorySizeMb, int MaxMemoryUsedMb, string LogStream)
{
    /// <summary>
    /// Processor time of the instance since its previous invocation ended, or since it was initialised; null where it is not measured.
    /// The sum over an instance's invocations is what it used, also when several run at a time.
    /// </summary>
    public TimeSpan? CpuTime { get; init; }

    /// <summary>The start of the instance, with the invocation that paid for it; null for all others.</summary>
    public StartTimeline? Start { get; init; }

    /// <summary>Whether the function was ended at its timeout.</summary>
    public bool TimedOut { get; init; }

    /// <summary>Whether it ran on an instance of provisioned concurrency.</summary>
    public bool Provisioned { get; init; }

    /// <summary>Bytes that went to the response stream; 0 for a buffered answer.</summary>
    public long StreamedBytes { get; init; }
}

public sealed record ProvisionedState(int Requested, int Available, string? FailureReason);

/// <summary>Which reason a 429 gives.</summary>
public enum ThrottleReason
{
    ReservedFunctionConcurrentInvocationLimitExceeded,
    ConcurrentInvocationLimitExceeded,
    ReservedFunctionInvocationRateLimitExceeded,
    CallerRateLimitExceeded,

    /// <summary>The node has no memory for it, its bounded queue is full, or the wait would be too long.</summary>
    NodeCapacityExceeded,

    /// <summary>What the function may use in this period is used up.</summary>
    FunctionBudgetExceeded,

    /// <summary>What the account may use in this period is used up.</summary>
    AccountBudgetExceeded,
}

/// <summary>The invocation was not started, and may be tried again later.</summary>
public sealed class ThrottledException(ThrottleReason reason, BudgetRefusal? budget = null) : Exception($"Rate Exceeded: {reason}")
{
    public ThrottleReason Reason { get; } = reason;

    /// <summary>Says more, when a budget is the reason.</summary>
    public BudgetRefusal? Budget { get; } = budget;
}

/// <summary>No instance could be made, through no fault of the function's code.</summary>
public sealed class FunctionStartException(string code, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The field's error code: <c>InvalidRuntimeException</c>, <c>InvalidZipFileException</c>, <c>EC2UnexpectedException</c>…</summary>
    public string Code { get; } = code;
}
