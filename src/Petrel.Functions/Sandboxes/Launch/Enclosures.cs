using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Petrel.Functions.Sandboxes.Limits;
using Petrel.Functions.Sandboxes.Native;
using Petrel.Functions.Sandboxes.Network;

namespace Petrel.Functions.Sandboxes.Launch;

/// <summary>
/// Keeps some enclosures ready, so that a start finds its network, limits and user made: making one takes about a millisecond, and giving
/// one back waits for the kernel. An enclosure serves one sandbox.
/// </summary>
internal sealed class Enclosures(DaemonSlot daemon, IControlGroups? groups, NetworkMaker? networks, SandboxOptions options, TimeProvider time) : IAsyncDisposable
{
    private readonly ConcurrentQueue<Enclosure> _ready = new();
    private readonly ConcurrentQueue<int> _freeSlots = new(Enumerable.Range(0, DaemonSlot.MaxSandboxes)); // a freed number rests longest
    private readonly SemaphoreSlim _refill = new(1, 1);
    private volatile bool _closed;

    public ValueTask<Enclosure> TakeAsync() => _ready.TryDequeue(out var enclosure) ? ValueTask.FromResult(enclosure) : new(MakeAsync());

    /// <summary>Makes as many as are kept; one maker at a time.</summary>
    public async Task RefillAsync()
    {
        if (_ready.Count >= options.PreparedEnclosures || !await _refill.WaitAsync(TimeSpan.Zero))
        {
            return;
        }

        try
        {
            while (!_closed && _ready.Count < options.PreparedEnclosures)
            {
                _ready.Enqueue(await MakeAsync());
            }
        }
        catch (Exception e) when (e is IOException or ExternalException or FunctionStartException)
        {
            // The next start makes its own, and tells its caller why it cannot.
            return;
        }
        finally
        {
            _refill.Release();
        }
    }

    private async Task<Enclosure> MakeAsync()
    {
        if (!_freeSlots.TryDequeue(out var slot))
        {
            throw new FunctionStartException("ServiceException", $"{DaemonSlot.MaxSandboxes} sandboxes are in use");
        }

        IControlGroup? limits = null;
        try
        {
            limits = groups?.Create(slot.ToString(CultureInfo.InvariantCulture));
            var network = networks is null ? null : await networks.MakeAsync(slot);
            return new Enclosure(slot, networks is null ? null : daemon.User(options.Without.HasFlag(Defences.DistinctUser) ? 0 : slot), limits, network);
        }
        catch
        {
            limits?.TryRemove();
            _freeSlots.Enqueue(slot);
            throw;
        }
    }

    /// <summary>Takes one back after its sandbox has ended: waits until the last of its processes is gone, then frees its number.</summary>
    public async ValueTask GiveBackAsync(Enclosure enclosure)
    {
        enclosure.Network?.Dispose();

        // The kernel ends what was inside within milliseconds; a process that hangs in the kernel keeps its slot.
        for (var attempt = 0; enclosure.Limits is { } limits && !limits.TryRemove(); attempt++)
        {
            if (attempt == 200)
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(1 + attempt, 50)), time);
        }

        _freeSlots.Enqueue(enclosure.Slot);
    }

    public async ValueTask DisposeAsync()
    {
        _closed = true;
        await _refill.WaitAsync();
        while (_ready.TryDequeue(out var enclosure))
        {
            await GiveBackAsync(enclosure);
        }

        _refill.Dispose();
    }
}

/// <summary>Makes network namespaces on a thread of its own.</summary>
internal sealed class NetworkMaker : IDisposable
{
    private readonly DedicatedThread _thread = new("petrel-networks");
    private readonly Lazy<DedicatedThread> _sockets = new(() => new DedicatedThread("petrel-sockets"));
    private readonly DaemonSlot _daemon;
    private readonly int _platformPort;
    private readonly int _hostNamespace;
    private readonly Netlink? _host;

    public NetworkMaker(DaemonSlot daemon, int platformPort, bool outside)
    {
        (_daemon, _platformPort) = (daemon, platformPort);
        _hostNamespace = Libc.Open("/proc/self/ns/net", 0x80000, 0);
        Libc.Check(_hostNamespace, "/proc/self/ns/net");
        _host = outside ? new Netlink() : null;
    }

    public int HostNamespace => _hostNamespace;

    /// <summary>A socket inside a network, on a thread that does not wait for networks being made.</summary>
    public Task<Socket> OpenSocketAsync(NetworkSpace network, AddressFamily family) =>
        _sockets.Value.RunAsync(() => network.OpenSocket(_hostNamespace, family));

    public Task<NetworkSpace> MakeAsync(int slot) => _thread.RunAsync(() => NetworkSpace.Create(_hostNamespace, _platformPort, Link(slot)));

    private OutsideLink? Link(int slot) => _host is null
        ? null
        : new OutsideLink(_daemon.Interface(slot), _daemon.HostAddress(slot), _daemon.InsideAddress(slot), _host);

    public void Dispose()
    {
        _thread.Dispose();
        if (_sockets.IsValueCreated)
        {
            _sockets.Value.Dispose();
        }

        _host?.Dispose();
        _ = Libc.Close(_hostNamespace);
    }
}
