using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Petrel.Functions.Sandboxes.Native;

/// <summary>Told on the reactor's thread that a descriptor is readable. Must be quick, and must bear being told for nothing.</summary>
internal interface IReadable
{
    void OnReadable();
}

/// <summary>One thread that waits for the output, the exits and the memory alarms of all sandboxes.</summary>
internal sealed unsafe class Reactor : IDisposable
{
    private const int BatchSize = 64;

    // struct epoll_event is packed on x86-64 only.
    private static readonly int Stride = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    private readonly ConcurrentDictionary<long, (int Fd, IReadable Handler)> _handlers = new();
    private readonly int _epoll;
    private readonly int _stop;
    private readonly Thread _thread;
    private long _lastKey;
    private volatile bool _stopping;

    public Reactor()
    {
        _epoll = Libc.EpollCreate(0x80000); // close on exec
        Libc.Check(_epoll, "epoll_create1");
        _stop = Libc.EventFd(0, 0x80000);
        Libc.Check(_stop, "eventfd");
        Control(Libc.EpollCtlAdd, _stop, 0);
        _thread = new Thread(Run) { IsBackground = true, Name = "petrel-sandboxes" };
        _thread.Start();
    }

    /// <summary>A key to watch by; taken first, because the handler may be told before <see cref="Add"/> returns.</summary>
    public long NewKey() => Interlocked.Increment(ref _lastKey);

    /// <summary>Watches a descriptor until <see cref="Remove"/>, which must come before it is closed.</summary>
    public void Add(long key, int fd, IReadable handler)
    {
        _handlers[key] = (fd, handler);
        Control(Libc.EpollCtlAdd, fd, key);
    }

    public void Remove(long key)
    {
        if (_handlers.TryRemove(key, out var entry))
        {
            Control(Libc.EpollCtlDelete, entry.Fd, 0);
        }
    }

    private void Control(int operation, int fd, long key)
    {
        var happening = stackalloc byte[16];
        *(int*)happening = Libc.EpollIn;
        BinaryPrimitives.WriteInt64LittleEndian(new Span<byte>(happening + Stride - 8, 8), key);
        Libc.Check(Libc.EpollControl(_epoll, operation, fd, happening), "epoll_ctl");
    }

    private void Run()
    {
        var batch = stackalloc byte[BatchSize * Stride];
        while (!_stopping)
        {
            var count = Libc.EpollWait(_epoll, batch, BatchSize, -1);
            for (var i = 0; i < count; i++)
            {
                var key = BinaryPrimitives.ReadInt64LittleEndian(new ReadOnlySpan<byte>(batch + (i * Stride) + Stride - 8, 8));
                if (_handlers.TryGetValue(key, out var entry))
                {
                    entry.Handler.OnReadable();
                }
            }
        }
    }

    public void Dispose()
    {
        _stopping = true;
        var one = 1L;
        _ = Libc.Write(_stop, (byte*)&one, 8);
        _thread.Join();
        _ = Libc.Close(_stop);
        _ = Libc.Close(_epoll);
    }
}
