using Petrel.Functions.Runtimes;

namespace Petrel.Functions.Instances;

/// <summary>
/// An instance that runs several invocations at a time. Each has its own deadline, and one that passes it ends alone, as on Lambda's managed
/// instances. Unlike there, the instance then gets no further invocation and ends after the others: what the late one still does cannot be stopped.
/// </summary>
internal sealed partial class Instance
{
    private readonly Lock _sharing = new();
    private Task? _secondInit;

    private bool IsShared => _spec.InstanceConcurrency > 1;

    private async Task<InvocationResult> InvokeSharedAsync(Invocation invocation)
    {
        if (invocation.WantLogTail)
        {
            _log.KeepTail();
        }

        var begun = _services.Time.GetTimestamp();
        if (_needsInit)
        {
            await InitOnceMoreAsync();
        }

        _lines.Start(invocation.RequestId);
        if (_failedInit is { } failed)
        {
            return await NotInitialisedAsync(invocation, begun, failed);
        }

        var process = _process!;
        var remaining = _spec.Timeout - _services.Time.GetElapsedTime(begun);
        using var deadline = new CancellationTokenSource(remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero, _services.Time);
        RuntimeOutcome outcome;
        try
        {
            outcome = await process.Session.InvokeAsync(invocation, _services.Time.GetUtcNow() + remaining, deadline.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            return await TimedOutAsync(invocation, begun, process);
        }

        return outcome.Kind == RuntimeOutcomeKind.Exited
            ? await ExitedAsync(invocation, begun, process)
            : await AnsweredAsync(invocation, begun, process, outcome);
    }

    /// <summary>Initialisation that took too long is begun again by the first invocation; those that come with it wait for the same.</summary>
    private Task InitOnceMoreAsync()
    {
        lock (_sharing)
        {
            return _secondInit ??= BeginAsync();
        }

        async Task BeginAsync()
        {
            _failedInit = await InitAsync(_spec.Timeout, "invoke", new StartLaps(_services.Time));
            (_needsInit, _broken) = (false, _failedInit is not null);
        }
    }
}
