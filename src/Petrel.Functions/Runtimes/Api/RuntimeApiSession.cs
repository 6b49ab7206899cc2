namespace Petrel.Functions.Runtimes.Api;

/// <summary>
/// The conversation with one process that speaks the Lambda Runtime API. The engine's side hands over events and waits for their end; the
/// server's side fetches them and delivers answers.
/// </summary>
internal sealed class RuntimeApiSession : IRuntimeSession
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource<InitOutcome> _init = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource<ApiInvocation>? _fetching;
    private ApiInvocation? _current;
    private bool _closed;
    private bool _over;

    public async ValueTask<InitOutcome> InitAsync(CancellationToken cancellationToken) => await _init.Task.WaitAsync(cancellationToken);

    public async ValueTask<RuntimeOutcome> InvokeAsync(Invocation invocation, DateTimeOffset deadline, CancellationToken cancellationToken)
    {
        var current = new ApiInvocation(invocation, deadline);
        lock (_lock)
        {
            if (_over)
            {
                return new RuntimeOutcome(RuntimeOutcomeKind.Exited);
            }

            _current = current;
            if (_fetching is { } fetching)
            {
                _fetching = null;
                current.Fetched = true;
                fetching.SetResult(current);
            }
        }

        return await current.Outcome.WaitAsync(cancellationToken);
    }

    /// <summary>The next event for the process; null when it asks out of turn. The first call says that the runtime is ready.</summary>
    public async Task<ApiInvocation?> FetchAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource<ApiInvocation> fetching;
        lock (_lock)
        {
            if (_closed || _fetching is not null || _current is { Fetched: true, Answered: false })
            {
                return null;
            }

            _init.TrySetResult(new InitOutcome(InitOutcomeKind.Ready));
            if (_current is { Fetched: false } waiting)
            {
                waiting.Fetched = true;
                return waiting;
            }

            _fetching = fetching = new TaskCompletionSource<ApiInvocation>(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        try
        {
            return await fetching.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            lock (_lock)
            {
                if (_fetching == fetching)
                {
                    _fetching = null;
                }
            }

            if (fetching.Task is { IsCompletedSuccessfully: true } handed)
            {
                GiveBack(await handed);
            }

            throw;
        }
    }

    /// <summary>The client has gone before it had the event, which waits for the next one.</summary>
    public void GiveBack(ApiInvocation invocation)
    {
        lock (_lock)
        {
            invocation.Fetched = invocation.Answered;
        }
    }

    /// <summary>The invocation that an answer is for, which is from now on being answered; null when it is not the current one.</summary>
    public ApiInvocation? BeginAnswer(string requestId)
    {
        lock (_lock)
        {
            if (_current is not { Fetched: true, Answered: false } current || current.Invocation.RequestId != requestId)
            {
                return null;
            }

            current.Answered = true;
            return current;
        }
    }

    /// <summary>The process says why it cannot start; false when it has started already.</summary>
    public bool FailInit(ReadOnlyMemory<byte> body, string? errorType) =>
        !_closed && _init.TrySetResult(new InitOutcome(InitOutcomeKind.Error, body, errorType));

    /// <summary>Ends what is waited for when the process has ended.</summary>
    public async Task WatchAsync(Task exited)
    {
        await exited.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        ApiInvocation? current;
        lock (_lock)
        {
            _over = true;
            current = _current;
        }

        _init.TrySetResult(new InitOutcome(InitOutcomeKind.Exited));
        current?.End(new RuntimeOutcome(RuntimeOutcomeKind.Exited));
    }

    /// <summary>The process speaks frames: whoever asks here asks out of turn.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>An event on its way to a process and back.</summary>
internal sealed class ApiInvocation(Invocation invocation, DateTimeOffset deadline)
{
    private readonly TaskCompletionSource<RuntimeOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Invocation Invocation => invocation;

    public DateTimeOffset Deadline => deadline;

    public Task<RuntimeOutcome> Outcome => _outcome.Task;

    public bool Fetched { get; set; }

    public bool Answered { get; set; }

    public void End(RuntimeOutcome outcome) => _outcome.TrySetResult(outcome);
}
