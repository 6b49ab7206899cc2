using Petrel.Functions.Sandboxes;

namespace Petrel.Functions.Instances;

/// <summary>Kills a sandbox when its invocation takes too long. One timer, used for every invocation of an instance.</summary>
internal sealed class InvocationDeadline : IDisposable
{
    private const int None = 0, Running = 1, Passed = 2;
    private readonly ITimer _timer;
    private ISandbox? _sandbox;
    private int _state;

    public InvocationDeadline(TimeProvider time) =>
        _timer = time.CreateTimer(static self => ((InvocationDeadline)self!).OnTime(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public void Begin(ISandbox sandbox, TimeSpan limit)
    {
        _sandbox = sandbox;
        Volatile.Write(ref _state, Running);
        _timer.Change(limit > TimeSpan.Zero ? limit : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    /// <returns>False when the deadline has passed: the sandbox is being killed, whatever it has answered.</returns>
    public bool End()
    {
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        return Interlocked.CompareExchange(ref _state, None, Running) == Running;
    }

    private void OnTime()
    {
        if (Interlocked.CompareExchange(ref _state, Passed, Running) == Running)
        {
            _sandbox!.Kill();
        }
    }

    public void Dispose() => _timer.Dispose();
}
