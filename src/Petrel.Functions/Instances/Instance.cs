using System.Globalization;
using System.Text.Json;
using Petrel.Functions.Prestart;
using Petrel.Functions.Runtimes;
using Petrel.Functions.Sandboxes;

namespace Petrel.Functions.Instances;

/// <summary>
/// One execution environment of a function version: a sandbox, the conversation with the runtime in it, and its log stream. It is
/// started once, runs one invocation at a time (or several: <c>Instance.Sharing</c>), and is disposed when <see cref="Usable"/> says so.
/// </summary>
internal sealed partial class Instance : IAsyncDisposable
{
    /// <summary>Lambda's limit of initialisation; one that takes longer is begun again within the first invocation's own time.</summary>
    private static readonly TimeSpan InitLimit = TimeSpan.FromSeconds(10);

    /// <summary>Provisioned instances may take longer: Lambda gives them 130 s, or the function's timeout if that is longer.</summary>
    private static readonly TimeSpan ProvisionedInitLimit = TimeSpan.FromSeconds(130);

    /// <summary>An instance whose credentials would expire during an invocation is replaced this long before.</summary>
    private static readonly TimeSpan CredentialMargin = TimeSpan.FromMinutes(5);

    private const string FirstPhase = "init";

    private readonly InstanceServices _services;
    private readonly InstanceSeed _seed;
    private readonly FunctionSpec _spec;
    private readonly InvocationLog _log;
    private readonly PlatformLines _lines;
    private readonly InvocationDeadline _deadline;
    private readonly CancellationTokenSource _stopping = new();
    private PrestartPools.StartInProgress? _refillsWait;
    private FunctionCredentials? _credentials;
    private Task? _start;
    private RuntimeProcess? _process;
    private DateTimeOffset _replaceAt = DateTimeOffset.MaxValue;
    private FailedInit? _failedInit;
    private TimeSpan? _initDuration;
    private StartTimeline? _unpaidStart;
    private TimeSpan _cpuTime;
    private bool _needsInit;
    private bool _broken;
    private int _disposed;

    public Instance(InstanceServices services, InstanceSeed seed)
    {
        (_services, _seed, _spec) = (services, seed, seed.Spec);
        var now = services.Time.GetUtcNow();
        var stream = string.Create(CultureInfo.InvariantCulture, $"{now:yyyy'/'MM'/'dd}/[{_spec.Version}]{seed.Id}");
        _log = new InvocationLog(services.Logs.Open(_spec, stream), services.Time);
        _lines = new PlatformLines(_log, _spec, services.Time);
        _deadline = new InvocationDeadline(services.Time);
    }

    /// <summary>Completes when its process has ended; call after a successful start.</summary>
    public Task Exited => _process?.Sandbox.Exited ?? Task.CompletedTask;

    /// <summary>What its sandbox uses at this moment; 0 without one, or where it is not measured.</summary>
    public long MemoryBytes => _process?.Sandbox.MemoryBytes ?? 0;

    /// <summary>When its first initialisation was over.</summary>
    public DateTimeOffset InitEnded { get; private set; }

    /// <summary>Where the time of its first initialisation went; null until that is over.</summary>
    public StartTimeline? Start { get; private set; }

    /// <summary>Whether another invocation may be given to it.</summary>
    public bool Usable => !_broken && (_needsInit || !Exited.IsCompleted) && _services.Time.GetUtcNow() < _replaceAt;

    /// <summary>Makes the sandbox and initialises the runtime.</summary>
    /// <returns>False when the function's own initialisation failed: <see cref="InvokeAsync"/> then tells how, once.</returns>
    /// <exception cref="FunctionStartException">No sandbox could be made.</exception>
    public Task<bool> StartAsync()
    {
        var start = StartOnceAsync();
        _start = start;
        return start;
    }

    private async Task<bool> StartOnceAsync()
    {
        var laps = new StartLaps(_services.Time);
        _lines.InitStart(_seed.RuntimeVersion, InitializationType);
        if (_seed.Runtime is { Exact: false, Problem: { } problem })
        {
            _log.Platform(System.Text.Encoding.UTF8.GetBytes(problem));
        }

        var limit = !_seed.Provisioned ? InitLimit : _spec.Timeout > ProvisionedInitLimit ? _spec.Timeout : ProvisionedInitLimit;
        _refillsWait = _seed.Provisioned ? null : _services.Prestart.BeginStart();
        try
        {
            _failedInit = await InitAsync(limit, FirstPhase, laps);
        }
        catch
        {
            EndStart();
            throw;
        }

        InitEnded = _services.Time.GetUtcNow();
        Start = laps.ToTimeline();
        _unpaidStart = _seed.Provisioned ? null : Start;
        _needsInit = _failedInit is { TimedOut: true } && !_seed.Provisioned;
        _broken = _failedInit is not null && !_needsInit;
        return !_broken;
    }

    /// <summary>The invocation that it was started for has been answered, or there is none any more: runtimes may be started ahead again.</summary>
    public void EndStart() => Interlocked.Exchange(ref _refillsWait, null)?.Dispose();

    private async ValueTask<IReadOnlyDictionary<string, string>> EnvironmentAsync(LaunchPlan plan)
    {
        if (_credentials is null)
        {
            _credentials = await _services.Credentials.IssueAsync(_spec, _seed.Id, CancellationToken.None);
            _replaceAt = _credentials.Expiration - _spec.Timeout - CredentialMargin;
        }

        return FunctionEnvironment.Build(_spec, plan, _credentials, _log.StreamName, InitializationType);
    }

    private string InitializationType => _seed.Provisioned ? "provisioned-concurrency" : "on-demand";

    /// <summary>Starts a process and waits until its handler is loaded.</summary>
    /// <returns>Null when it is.</returns>
    private async Task<FailedInit?> InitAsync(TimeSpan limit, string phase, StartLaps laps)
    {
        var time = _services.Time;
        var begun = time.GetTimestamp();
        using var timer = new CancellationTokenSource(limit, time);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, _stopping.Token);
        using var refillsWait = _services.Prestart.BeginStart();
        var failure = default(FailedInit);
        try
        {
            _process = await RuntimeProcess.StartAsync(_services, _seed, EnvironmentAsync, _log, laps, over.Token);
            var outcome = await _process.Session.InitAsync(over.Token);
            laps.End("init");
            _initDuration = phase == FirstPhase ? time.GetElapsedTime(begun) : null; // within an invocation it is part of its duration
            if (outcome.Kind == InitOutcomeKind.Ready)
            {
                _cpuTime = phase == FirstPhase ? _process.Sandbox.CpuTime ?? default : default;
                return null;
            }

            if (outcome.Untold)
            {
                _lines.Fault("", FunctionFault.Read(outcome.Body));
            }

            failure = outcome.Kind == InitOutcomeKind.Error
                ? new FailedInit(outcome.Body, outcome.ErrorType ?? ErrorTypeOf(outcome.Body))
                : new FailedInit(default, Exit: await _process.EndAsync());
        }
        catch (FunctionStartException e) when (e.Code.StartsWith("Runtime.", StringComparison.Ordinal))
        {
            failure = new FailedInit(default, e.Code, Message: e.Message);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            failure = new FailedInit(default, "Sandbox.Timedout", TimedOut: true);
        }

        await EndProcessAsync();
        var status = failure.TimedOut ? new ReportStatus("timeout") : new ReportStatus("error", failure.TypeFor(""));
        _lines.InitReport(time.GetElapsedTime(begun), phase, status);
        return failure;
    }

    /// <returns>False where the machine cannot freeze it: then it goes on.</returns>
    public bool Freeze() => _process?.Sandbox.Freeze() ?? false;

    public void Thaw() => _process?.Sandbox.Thaw();

    /// <summary>Runs one invocation to its end. Its time begins here.</summary>
    public Task<InvocationResult> InvokeAsync(Invocation invocation) => IsShared ? InvokeSharedAsync(invocation) : InvokeAloneAsync(invocation);

    private async Task<InvocationResult> InvokeAloneAsync(Invocation invocation)
    {
        _log.Begin(invocation.WantLogTail);
        var begun = _services.Time.GetTimestamp();
        if (_needsInit)
        {
            _failedInit = await InitAsync(_spec.Timeout, "invoke", new StartLaps(_services.Time));
            (_needsInit, _broken) = (false, _failedInit is not null);
        }

        _lines.Start(invocation.RequestId);
        if (_failedInit is { } failed)
        {
            return await NotInitialisedAsync(invocation, begun, failed);
        }

        var process = _process!;
        var remaining = _spec.Timeout - _services.Time.GetElapsedTime(begun);
        _deadline.Begin(process.Sandbox, remaining);
        var outcome = await process.Session.InvokeAsync(invocation, _services.Time.GetUtcNow() + remaining, CancellationToken.None);
        if (!_deadline.End())
        {
            return await TimedOutAsync(invocation, begun, process);
        }

        return outcome.Kind == RuntimeOutcomeKind.Exited
            ? await ExitedAsync(invocation, begun, process)
            : await AnsweredAsync(invocation, begun, process, outcome);
    }

    private Task<InvocationResult> NotInitialisedAsync(Invocation invocation, long begun, FailedInit failed)
    {
        var fault = failed.TimedOut ? FunctionFault.Timeout(invocation.RequestId, _spec.Timeout) : failed.Fault(invocation.RequestId);
        var body = failed.Body.IsEmpty ? fault.ToJson() : failed.Body;
        return FinishAsync(invocation, begun, Failed(body), failed.TimedOut ? new("timeout") : new("error", fault.ErrorType));
    }

    private Task<InvocationResult> AnsweredAsync(Invocation invocation, long begun, RuntimeProcess process, RuntimeOutcome outcome)
    {
        ReadToTheEnd(process);
        foreach (var line in outcome.Lines ?? [])
        {
            _log.Platform(System.Text.Encoding.UTF8.GetBytes(line));
        }

        if (outcome.Untold)
        {
            _lines.Fault(invocation.RequestId, FunctionFault.Read(outcome.Body));
        }

        _broken |= outcome.Ends;
        var streamed = outcome.Kind is RuntimeOutcomeKind.Streamed or RuntimeOutcomeKind.StreamFailed ? outcome.SizeBytes : 0;
        return FinishAsync(invocation, begun, ToResult(outcome), default, streamedBytes: streamed);
    }

    private async Task<InvocationResult> TimedOutAsync(Invocation invocation, long begun, RuntimeProcess process)
    {
        _broken = true;
        ReadToTheEnd(process);
        var now = _services.Time.GetUtcNow().UtcDateTime;
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"{now:yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {invocation.RequestId} Task timed out after {_spec.Timeout.TotalSeconds:F2} seconds");
        _lines.Fault(invocation.RequestId, line, type: null);
        var fault = FunctionFault.Timeout(invocation.RequestId, _spec.Timeout);
        return await FinishAsync(invocation, begun, Failed(fault.ToJson()), new ReportStatus("timeout"), _spec.Timeout);
    }

    private async Task<InvocationResult> ExitedAsync(Invocation invocation, long begun, RuntimeProcess process)
    {
        _broken = true;
        var fault = FunctionFault.Exit(invocation.RequestId, await process.EndAsync());
        ReadToTheEnd(process);
        _lines.Fault(invocation.RequestId, fault);
        return await FinishAsync(invocation, begun, Failed(fault.ToJson()), new ReportStatus("error", fault.ErrorType));
    }

    /// <summary>What was printed before comes before END. With others in flight, the beginning of a line may be theirs.</summary>
    private void ReadToTheEnd(RuntimeProcess process)
    {
        process.Sandbox.DrainOutput();
        if (!IsShared)
        {
            _log.EndLines();
        }
    }

    private static (ReadOnlyMemory<byte> Payload, string? Error, string? ContentType) ToResult(RuntimeOutcome outcome) => outcome.Kind switch
    {
        RuntimeOutcomeKind.Response when outcome.Body.Length <= FunctionFault.MaxResponseBytes => (outcome.Body, null, outcome.ContentType),
        RuntimeOutcomeKind.Response or RuntimeOutcomeKind.TooLarge => Failed(FunctionFault.TooLarge().ToJson()),
        RuntimeOutcomeKind.Streamed => (default, null, outcome.ContentType),
        RuntimeOutcomeKind.Error or RuntimeOutcomeKind.StreamFailed => Failed(outcome.Body),
        _ => throw new InvalidOperationException($"An outcome that is handled before: {outcome.Kind}"),
    };

    private static (ReadOnlyMemory<byte> Payload, string? Error, string? ContentType) Failed(ReadOnlyMemory<byte> body) => (body, "Unhandled", null);

    /// <summary>Writes END and REPORT; the log is with the operating system when the result is given.</summary>
    private async Task<InvocationResult> FinishAsync(
        Invocation invocation, long begun, (ReadOnlyMemory<byte> Payload, string? Error, string? ContentType) answer, ReportStatus status,
        TimeSpan? counted = null, long streamedBytes = 0)
    {
        var duration = counted ?? _services.Time.GetElapsedTime(begun);
        var (init, start, cpuTime) = Charge();

        // Initialisation is billed with the invocation that it was for.
        var billed = TimeSpan.FromMilliseconds(Math.Ceiling((duration + (init ?? TimeSpan.Zero)).TotalMilliseconds));
        var report = new InvocationReport(duration, billed, init, _spec.MemoryMb, MaxMemoryMb(), _log.StreamName)
        {
            CpuTime = cpuTime,
            TimedOut = status.Status == "timeout",
            Provisioned = _seed.Provisioned,
            StreamedBytes = streamedBytes,
            Start = start,
        };
        _lines.End(invocation.RequestId);
        _lines.Report(invocation.RequestId, report, status);
        await _log.FlushAsync();
        EndStart();
        return new InvocationResult
        {
            Payload = answer.Payload,
            FunctionError = answer.Error,
            ContentType = answer.ContentType ?? "application/json",
            ExecutedVersion = _spec.Version,
            LogTail = !IsShared ? _log.TakeTail() : invocation.WantLogTail ? _log.TailOf(invocation.RequestId) : default,
            Report = report,
        };
    }

    /// <summary>What is charged to the invocation that ends first: the start that was for it, and the processor time since the one before.</summary>
    private (TimeSpan? Init, StartTimeline? Start, TimeSpan? CpuTime) Charge()
    {
        lock (_sharing)
        {
            var init = _seed.Provisioned ? null : _initDuration;
            var start = _unpaidStart;
            (_initDuration, _unpaidStart) = (null, null);
            if (_process?.Sandbox.CpuTime is not { } total)
            {
                return (init, start, null);
            }

            var since = total - _cpuTime;
            _cpuTime = total;
            return (init, start, since);
        }
    }

    private int MaxMemoryMb() => (int)Math.Min(((_process?.PeakMemoryBytes ?? 0) + (1 << 20) - 1) >> 20, _spec.MemoryMb);

    private static string? ErrorTypeOf(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.TryGetProperty("errorType", out var type) ? type.GetString() : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private async ValueTask EndProcessAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            await process.DisposeAsync();
            _log.EndLines();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        EndStart();
        await _stopping.CancelAsync();
        if (_start is not null)
        {
            await _start.ContinueWith(static t => t.Exception, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        await EndProcessAsync();
        _deadline.Dispose();
        _log.Dispose();
    }
}

/// <summary>Why a function could not be initialised.</summary>
/// <param name="Body">What its runtime said; empty when its process ended instead, or could not be started.</param>
/// <param name="Message">What the platform says of it, when nothing could be started.</param>
internal readonly record struct FailedInit(
    ReadOnlyMemory<byte> Body, string? ErrorType = null, SandboxExit? Exit = null, bool TimedOut = false, string? Message = null)
{
    public FunctionFault Fault(string requestId) =>
        Exit is null ? new FunctionFault(ErrorType ?? "Runtime.Unknown", $"RequestId: {requestId} {Message}") : FunctionFault.Exit(requestId, Exit);

    public string TypeFor(string requestId) => Fault(requestId).ErrorType;
}
