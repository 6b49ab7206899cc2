using System.Runtime.InteropServices;
using Petrel.Functions.Sandboxes.Native;

namespace Petrel.Functions.Sandboxes.Launch;

/// <summary>
/// The daemon's end of a sandbox's standard output or error. It is read by the reactor as bytes come, and on the caller's thread when an
/// invocation ends; both under the sandbox's one lock, so that the output sees whole calls in order. Beyond its allowance a sandbox waits
/// until it is read again; what an invocation has left in its pipes is read in any case.
/// </summary>
internal sealed unsafe class OutputPipe : IReadable
{
    /// <summary>A pipe can hold this much when the function enlarges it (F_SETPIPE_SZ); draining ends there although more keeps coming.</summary>
    private const int MaxDrainBytes = 1 << 20;

    /// <summary>What one wake-up reads before other sandboxes get their turn.</summary>
    private const int TurnBytes = 128 << 10;

    private const int BufferBytes = 64 << 10;

    [ThreadStatic]
    private static byte[]? _buffer;

    private readonly Reactor _reactor;
    private readonly ISandboxOutput _output;
    private readonly OutputAllowance? _allowance;
    private readonly TimeProvider _time;
    private readonly Lock _lock;
    private readonly bool _isError;
    private readonly int _fd;
    private readonly long _key;
    private ITimer? _resume;
    private bool _closed;

    /// <param name="fd">A non-blocking descriptor; owned.</param>
    public OutputPipe(Reactor reactor, OutputSink sink, int fd, bool isError)
    {
        (_reactor, _fd, _isError) = (reactor, fd, isError);
        (_output, _allowance, _time, _lock) = sink;
        _key = reactor.NewKey();
        reactor.Add(_key, fd, this);
    }

    public void OnReadable()
    {
        lock (_lock)
        {
            Read(TurnBytes);
            if (!_closed && _allowance?.Wait() is { Ticks: > 0 } wait)
            {
                _reactor.Remove(_key);
                _resume ??= _time.CreateTimer(static pipe => ((OutputPipe)pipe!).Resume(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                _resume.Change(wait, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void Resume()
    {
        lock (_lock)
        {
            if (!_closed)
            {
                _reactor.Add(_key, _fd, this);
            }
        }
    }

    public void Drain() => Read(MaxDrainBytes);

    private void Read(int limit)
    {
        lock (_lock)
        {
            if (_closed)
            {
                return;
            }

            var buffer = _buffer ??= GC.AllocateUninitializedArray<byte>(BufferBytes, pinned: true);
            while (limit > 0)
            {
                nint count;
                fixed (byte* start = buffer)
                {
                    count = Libc.Read(_fd, start, BufferBytes);
                }

                if (count > 0)
                {
                    _allowance?.Take(buffer.AsSpan(0, (int)count));
                    _output.Write(buffer.AsSpan(0, (int)count), _isError);
                    limit -= (int)count;
                    if (count < BufferBytes)
                    {
                        return; // a short read has emptied the pipe
                    }
                }
                else if (count == 0 || Marshal.GetLastPInvokeError() is not (Libc.Again or Libc.Interrupted))
                {
                    Close();
                    return;
                }
                else if (Marshal.GetLastPInvokeError() == Libc.Again)
                {
                    return;
                }
            }
        }
    }

    /// <summary>Call under the lock, or when nobody else can.</summary>
    public void Close()
    {
        if (!_closed)
        {
            _closed = true;
            _resume?.Dispose();
            _reactor.Remove(_key);
            _ = Libc.Close(_fd);
        }
    }
}

/// <summary>Where both pipes of a sandbox lead.</summary>
/// <param name="Allowance">Null: as much as it likes.</param>
internal sealed record OutputSink(ISandboxOutput Output, OutputAllowance? Allowance, TimeProvider Time, Lock Lock);
