using System.Net;
using System.Net.Sockets;
using Petrel.Functions.Sandboxes.Limits;
using Petrel.Functions.Sandboxes.Native;

namespace Petrel.Functions.Sandboxes.Launch;

/// <summary>A process started by <see cref="SandboxLauncher"/>, and what was given to it.</summary>
internal sealed class Sandbox : ISandbox, IReadable
{
    private readonly TaskCompletionSource<SandboxExit> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _outputLock;
    private readonly Lock _limitsLock = new();
    private readonly Reactor _reactor;
    private readonly Enclosure _enclosure;
    private readonly Func<Enclosure, ValueTask> _giveBack;
    private readonly OutputPipe _standardOutput;
    private readonly OutputPipe _standardError;
    private readonly int _processFd;
    private readonly long _processKey;
    private readonly IReadOnlyDictionary<IPEndPoint, Socket> _listeners;
    private readonly MemoryAlarm? _alarm;
    private int _ended;
    private int _disposed;
    private bool _frozen;
    private bool _killed;
    private bool _givenBack;

    /// <param name="sink">Made for it alone; its lock is what the sandbox's output is read under.</param>
    public Sandbox(Reactor reactor, string instanceId, OutputSink sink, Enclosure enclosure, StartedProcess process, Func<Enclosure, ValueTask> giveBack)
    {
        (_reactor, _enclosure, _giveBack, InstanceId, ProcessId) = (reactor, enclosure, giveBack, instanceId, process.Id);
        (Frames, _listeners) = (process.Frames, process.Listeners);
        _outputLock = sink.Lock;
        _standardOutput = new OutputPipe(reactor, sink, process.StandardOutput, isError: false);
        _standardError = new OutputPipe(reactor, sink, process.StandardError, isError: true);
        _alarm = enclosure.Limits is { } limits ? new MemoryAlarm(reactor, limits, Kill) : null;
        _processFd = process.ProcessFd;
        _processKey = reactor.NewKey();
        reactor.Add(_processKey, _processFd, this);
    }

    public string InstanceId { get; internal set; }

    public int ProcessId { get; }

    public Socket? Frames { get; private set; }

    public void DropFrames()
    {
        Frames?.Dispose();
        Frames = null;
    }

    public Task<SandboxExit> Exited => _exited.Task;

    public long PeakMemoryBytes => _enclosure.Limits?.PeakMemoryBytes ?? 0;

    public long MemoryBytes => WithLimits(static limits => limits.MemoryBytes);

    public TimeSpan? CpuTime => WithLimits(static limits => limits.CpuTime);

    public Socket Listener(IPEndPoint endPoint) => _listeners.GetValueOrDefault(endPoint)
        ?? throw new FunctionStartException("ServiceException", $"The daemon cannot listen inside sandboxes on this machine ({endPoint})");

    /// <summary>Makes sockets inside; null on a machine where the daemon cannot.</summary>
    public Func<AddressFamily, Task<Socket>>? Sockets { private get; set; }

    public async ValueTask<Socket> OpenSocketAsync(AddressFamily family) => Sockets is { } sockets
        ? await sockets(family)
        : throw new FunctionStartException("ServiceException", "The daemon cannot connect to programs inside sandboxes on this machine");

    public void DrainOutput()
    {
        _standardOutput.Drain();
        _standardError.Drain();
    }

    /// <summary>The process has ended: its pidfd became readable.</summary>
    void IReadable.OnReadable()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
        {
            return;
        }

        _reactor.Remove(_processKey);
        var (code, signal) = ChildProcess.Reap(ProcessId);
        _ = Libc.Close(_processFd);
        DrainOutput();

        // The outermost process reports the end of the innermost by signal as 128 + its number.
        signal ??= code is > 128 and <= 192 ? code - 128 : null;
        _exited.SetResult(new SandboxExit(code, signal, OutOfMemory: _alarm?.HasPassed ?? false));
    }

    public void Kill()
    {
        if (Volatile.Read(ref _ended) == 0)
        {
            // Everything inside dies with the outermost process; the number is ours until the reactor has reaped it.
            _ = Libc.Signal(ProcessId, Libc.SignalKill);
            _ = WithLimits(_ => _killed = true);
            Thaw();
        }
    }

    public bool Freeze() => WithLimits(limits =>
    {
        if (limits.CanFreeze && !_killed)
        {
            limits.Freeze();
            _frozen = true;
        }

        return _frozen;
    });

    /// <summary>What is frozen dies of a signal only when it thaws.</summary>
    public void Thaw() => WithLimits(limits =>
    {
        if (_frozen)
        {
            limits.Thaw();
        }

        return _frozen = false;
    });

    /// <summary>Sets the limits anew, without a look at what is in use, and how far the network reaches.</summary>
    public void Bound(ResourceLimits limits, FunctionEgress egress)
    {
        _ = WithLimits(group =>
        {
            group.Limit(limits);
            return true;
        });
        _enclosure.Network?.Grant(egress);
    }

    /// <summary>The limits, unless there are none or they have been given back: their descriptors may be another sandbox's by then.</summary>
    private T? WithLimits<T>(Func<IControlGroup, T> use)
    {
        lock (_limitsLock)
        {
            return _enclosure.Limits is { } limits && !_givenBack ? use(limits) : default;
        }
    }

    /// <summary>
    /// What a fork server's child needs to stand beside the waiting first program: that process, then the entrances of its control groups.
    /// The caller closes them.
    /// </summary>
    /// <exception cref="FunctionStartException">There is none, or no control groups to find it by.</exception>
    public int[] OpenStem() => WithLimits(StemPlace.Open) ?? throw new FunctionStartException("ServiceException", "The waiting sandbox has ended");

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        Kill();
        await Exited;
        _alarm?.Dispose();
        lock (_outputLock)
        {
            _standardOutput.Close();
            _standardError.Close();
        }

        Frames?.Dispose();
        foreach (var listener in _listeners.Values)
        {
            listener.Dispose();
        }

        lock (_limitsLock)
        {
            _givenBack = true;
        }

        await _giveBack(_enclosure);
    }
}

/// <summary>What starting a process gave the daemon; every descriptor is owned by the sandbox made from it.</summary>
internal sealed record StartedProcess(
    int Id, int ProcessFd, int StandardOutput, int StandardError, Socket? Frames, IReadOnlyDictionary<IPEndPoint, Socket> Listeners)
{
    /// <summary>Of a blank sandbox: where bubblewrap tells which process has made the sandbox's mounts; 0 otherwise.</summary>
    public int Info { get; init; }
}
