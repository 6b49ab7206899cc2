namespace Petrel.Storage;

/// <summary>A flag that one waiter awaits with a time limit, on the clock it is given.</summary>
public sealed class WakeUp
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

    public async Task WaitAsync(TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        using var stopTimer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(_set.Task, Task.Delay(limit, time, stopTimer.Token));
        await stopTimer.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
