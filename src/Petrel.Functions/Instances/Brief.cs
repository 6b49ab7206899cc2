using System.Net.Sockets;

namespace Petrel.Functions.Instances;

/// <summary>
/// Waits that are over in less time than it takes to wake a thread: a cold start has several of them in a row, and on a machine that is idle the
/// wake-ups would be the longest part of it. Each is given up, for an ordinary wait, as soon as the pool's threads have other work.
/// </summary>
internal static class Brief
{
    private const int MaxSpins = 800;

    /// <summary>The least that the kernel's call knows.</summary>
    private const int SliceMicroseconds = 1_000;

    private const int MaxSlices = 4;

    /// <summary>Waits for another thread that is at work on it; the caller goes on on a thread of the pool.</summary>
    public static async ValueTask<T> WaitAsync<T>(Task<T> task)
    {
        for (var spins = 0; spins < MaxSpins && !task.IsCompleted; spins++)
        {
            Thread.SpinWait(10);
        }

        if (task.IsCompleted)
        {
            return await task;
        }

        var result = await task;
        await Task.Yield(); // away from the thread that it was done on, which others wait for
        return result;
    }

    /// <summary>Waits some milliseconds at most until a socket has something to read, on the calling thread, which the answer then finds awake.</summary>
    public static void WaitToRead(Socket socket)
    {
        for (var slice = 0; slice < MaxSlices && ThreadPool.PendingWorkItemCount == 0; slice++)
        {
            if (socket.Poll(SliceMicroseconds, SelectMode.SelectRead))
            {
                return;
            }
        }
    }
}
