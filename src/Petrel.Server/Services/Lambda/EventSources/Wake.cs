namespace Petrel.Server.Services.Lambda.EventSources;

/// <summary>A flag that one waiter awaits with a time limit, on the clock it is given.</summary>
internal sealed class Wake
{
    private volatile TaskCompletionSource _set = NewSource();

    public void Set() => _set.TrySetResult();

    /// <summary>Forgets earlier calls of <see cref="Set"/>. Call it before looking for what a call would announce.</summary>
    public void Reset()
    {
        if (_set.Task.IsCompleted)
        {
            _set = NewSource();
        }
    }

    /// <param name="limit">Null to wait for a call alone.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task WaitAsync(TimeSpan? limit, TimeProvider time, CancellationToken cancellationToken)
    {
        if (limit is not { } span)
        {
            await _set.Task.WaitAsync(cancellationToken);
            return;
        }

        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(_set.Task, Task.Delay(span > TimeSpan.Zero ? span : TimeSpan.Zero, time, timer.Token));
        await timer.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
