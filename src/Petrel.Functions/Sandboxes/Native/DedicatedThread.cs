using System.Threading.Channels;

namespace Petrel.Functions.Sandboxes.Native;

/// <summary>
/// A thread of its own for work that changes what a thread is: its namespaces, its user, its control groups. Such a thread must never
/// return to the pool, and children that are to die with their parent must be born by one that lives as long as the daemon.
/// </summary>
internal sealed class DedicatedThread : IDisposable
{
    private readonly Channel<Action> _work = Channel.CreateBounded<Action>(new BoundedChannelOptions(4096) { SingleReader = true });
    private readonly Thread _thread;

    public DedicatedThread(string name)
    {
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        _thread.Start();
    }

    public async Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken = default)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _work.Writer.WriteAsync(
            () =>
            {
                try
                {
                    done.SetResult(work());
                }
                catch (Exception e) when (e is not OutOfMemoryException)
                {
                    done.SetException(e);
                }
            },
            cancellationToken);
        return await done.Task;
    }

    private void Run()
    {
        var reader = _work.Reader;
        while (reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (reader.TryRead(out var work))
            {
                work();
            }
        }
    }

    public void Dispose()
    {
        _work.Writer.TryComplete();
        _thread.Join();
    }
}
