using System.Net;
using System.Net.Sockets;
using Petrel.Functions.Sandboxes.Native;

namespace Petrel.Functions.Sandboxes.Network;

/// <summary>
/// A network namespace with its own loopback, the platform's listener on it, and, when the machine can, a way to the outside.
/// It lives as long as its descriptor and the processes in it: nothing of it is left when the daemon is killed.
/// </summary>
internal sealed class NetworkSpace : IDisposable
{
    private readonly Lock _lock = new();
    private readonly OutsideLink? _outside;
    private bool _disposed;

    private NetworkSpace(int fd, Socket platform, OutsideLink? outside) => (Fd, Platform, _outside) = (fd, platform, outside);

    public int Fd { get; }

    /// <summary>Listens at the platform's address inside.</summary>
    public Socket Platform { get; }

    /// <summary>Lets what is inside reach what its function may. Until then, and where the machine has no way out, it reaches nothing. Any thread may call it.</summary>
    public void Grant(FunctionEgress egress) => _outside?.Grant(egress);

    /// <summary>Makes one. The calling thread is in it meanwhile, and back when the call returns.</summary>
    /// <param name="outside">Null: loopback only.</param>
    public static NetworkSpace Create(int hostNamespace, int platformPort, OutsideLink? outside)
    {
        var space = CreateInside(hostNamespace, platformPort, outside);
        outside?.FinishOnHost();
        return space;
    }

    private static NetworkSpace CreateInside(int hostNamespace, int platformPort, OutsideLink? outside)
    {
        Libc.Check(Libc.Unshare(Libc.NewNetworkNamespace), "unshare network");
        try
        {
            var fd = Libc.Open("/proc/thread-self/ns/net", 0x80000, 0);
            Libc.Check(fd, "/proc/thread-self/ns/net");
            try
            {
                using var kernel = new Netlink();
                kernel.BringUp("lo");
                outside?.Connect(kernel, hostNamespace);
                return new NetworkSpace(fd, Listen(new IPEndPoint(IPAddress.Loopback, platformPort)), outside);
            }
            catch
            {
                _ = Libc.Close(fd);
                throw;
            }
        }
        finally
        {
            Libc.Check(Libc.EnterNamespace(hostNamespace, Libc.NewNetworkNamespace), "setns to the host's network");
        }
    }

    /// <summary>Listens on addresses inside. The calling thread is in the namespace meanwhile.</summary>
    public Dictionary<IPEndPoint, Socket> ListenAll(int hostNamespace, IReadOnlyList<IPEndPoint> endPoints)
    {
        var sockets = new Dictionary<IPEndPoint, Socket>(endPoints.Count);
        if (endPoints.Count > 0)
        {
            Libc.Check(Libc.EnterNamespace(Fd, Libc.NewNetworkNamespace), "setns");
            try
            {
                foreach (var endPoint in endPoints)
                {
                    sockets.Add(endPoint, Listen(endPoint));
                }
            }
            finally
            {
                Libc.Check(Libc.EnterNamespace(hostNamespace, Libc.NewNetworkNamespace), "setns to the host's network");
            }
        }

        return sockets;
    }

    /// <summary>A TCP socket that connects to what listens inside. The calling thread is in the namespace meanwhile.</summary>
    /// <exception cref="ObjectDisposedException">The sandbox has ended: its number of the namespace may mean another one by now.</exception>
    public Socket OpenSocket(int hostNamespace, AddressFamily family)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            Libc.Check(Libc.EnterNamespace(Fd, Libc.NewNetworkNamespace), "setns");
            try
            {
                return new Socket(family, SocketType.Stream, ProtocolType.Tcp);
            }
            finally
            {
                Libc.Check(Libc.EnterNamespace(hostNamespace, Libc.NewNetworkNamespace), "setns to the host's network");
            }
        }
    }

    private static Socket Listen(IPEndPoint endPoint)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(endPoint);
        socket.Listen(512);
        return socket;
    }

    public void Dispose()
    {
        Platform.Dispose();
        lock (_lock)
        {
            if (!_disposed)
            {
                _disposed = true;
                _ = Libc.Close(Fd);
            }
        }
    }
}

/// <summary>The way out of one sandbox: an interface <c>eth0</c> inside, its peer on the host, two addresses of their own.</summary>
/// <param name="Host">Makes the host's end; its socket is in the host's namespace, and shared by all under its lock.</param>
internal sealed record OutsideLink(string HostName, IPAddress HostAddress, IPAddress InsideAddress, Netlink Host)
{
    private const string Inside = "eth0";

    private FunctionEgress? _granted;

    public void Connect(Netlink inside, int hostNamespace)
    {
        inside.CreatePair(Inside, HostName, hostNamespace);
        inside.AddAddress(Inside, InsideAddress, 31);
        inside.BringUp(Inside);
        inside.AddDefaultRoute(HostAddress);
    }

    /// <summary>Only this interface forwards: the host does not become a router for everyone.</summary>
    public void FinishOnHost()
    {
        lock (Host)
        {
            Host.AddAddress(HostName, HostAddress, 31);
            Host.BringUp(HostName);
        }

        File.WriteAllText($"/proc/sys/net/ipv4/conf/{HostName}/forwarding", "1");
        File.WriteAllText($"/proc/sys/net/ipv4/conf/{HostName}/rp_filter", "1"); // no address but its own
    }

    public void Grant(FunctionEgress egress)
    {
        lock (Host)
        {
            if (_granted != egress)
            {
                Host.SetGroup(HostName, FirewallRules.GroupOf(egress));
                _granted = egress;
            }
        }
    }
}
