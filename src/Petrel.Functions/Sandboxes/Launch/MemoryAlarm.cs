using Petrel.Functions.Sandboxes.Limits;
using Petrel.Functions.Sandboxes.Native;

namespace Petrel.Functions.Sandboxes.Launch;

/// <summary>
/// Ends a sandbox whose processes use more memory than they may. Looking takes milliseconds, so it is done beside the start, and never on
/// the thread that tells of it; until the first look only the kernel's own, wider limit holds.
/// </summary>
internal sealed class MemoryAlarm : IReadable, IDisposable
{
    private readonly Lock _looking = new();
    private readonly Reactor _reactor;
    private readonly IControlGroup _limits;
    private readonly Action _kill;
    private readonly long _key;
    private bool _disposed;
    private volatile bool _passed;

    public MemoryAlarm(Reactor reactor, IControlGroup limits, Action kill)
    {
        (_reactor, _limits, _kill) = (reactor, limits, kill);
        _key = reactor.NewKey();
        reactor.Add(_key, limits.Alarm, this);

        // On a thread of its own: every start looks, and the pool of a small machine has two threads, which invocations need.
        _ = Task.Factory.StartNew(LookNow, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Whether the memory limit, the daemon's or the kernel's, has ended a process.</summary>
    public bool HasPassed => _passed || _limits.KilledForMemory;

    public void OnReadable()
    {
        CgroupFile.ClearEvent(_limits.Alarm);
        Look();
    }

    private void Look() => ThreadPool.UnsafeQueueUserWorkItem(static alarm => alarm.LookNow(), this, preferLocal: false);

    private void LookNow()
    {
        lock (_looking)
        {
            if (!_disposed && Check())
            {
                _passed = true;
                _kill();
            }
        }
    }

    private bool Check()
    {
        try
        {
            return _limits.CheckMemory();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false; // the group is being removed
        }
    }

    public void Dispose()
    {
        lock (_looking)
        {
            _disposed = true;
            _reactor.Remove(_key);
        }
    }
}
