using System.Collections.Concurrent;

namespace Petrel.Functions.Sandboxes.Native;

/// <summary>
/// A thread of its own for work that changes what a thread is: its namespaces, its user, its control groups. Such a thread must never
/// return to the pool, and children that are to die with their parent must be born by one that lives as long as the daemon.
/// </summary>
internal sealed class DedicatedThread : IDisposable
{
    private const int MaxWaiting = 4096;

    private readonly BlockingCollection<Action> _work = new(MaxWaiting);
    private readonly Thread _thread;

    public DedicatedThread(string name)
    {
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <param name="goOn">Whether the caller goes on on this thread, which saves a wake-up; only for one that soon waits for something else.</param>
    public Task<T> RunAsync<T>(Func<T> work, bool goOn = false)
    {
        var done = new TaskCompletionSource<T>(goOn ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
        var accepted = _work.TryAdd(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                done.SetException(e);
            }
        });
        return accepted ? done.Task : throw new FunctionStartException("ServiceException", "Too many instances are being started");
    }

    private void Run()
    {
        foreach (var work in _work.GetConsumingEnumerable())
        {
            work();
        }
    }

    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }
}
