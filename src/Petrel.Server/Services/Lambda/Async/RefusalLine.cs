using System.Collections.Concurrent;

namespace Petrel.Server.Services.Lambda.Async;

/// <summary>
/// Events of one function that were refused. Each waits for its time to try again, or until another event of the function has ended and
/// made room, whichever comes first.
/// </summary>
internal sealed class RefusalLine
{
    private readonly ConcurrentQueue<TaskCompletionSource> _waiting = new();
    private int _refusals;

    /// <summary>How many were refused since this was last asked.</summary>
    public int TakeRefusals() => Interlocked.Exchange(ref _refusals, 0);

    /// <summary>Completes at the latest with <paramref name="atLatest"/>.</summary>
    public async Task WaitAsync(Task atLatest)
    {
        var place = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Increment(ref _refusals);
        _waiting.Enqueue(place);
        await Task.WhenAny(place.Task, atLatest);
        place.TrySetResult(); // The place is given up: room that comes later goes to the next.
    }

    /// <summary>There is room for one.</summary>
    public void Pass()
    {
        while (_waiting.TryDequeue(out var place))
        {
            if (place.TrySetResult())
            {
                return;
            }
        }
    }
}
