using System.Net;
using System.Net.Sockets;
using Petrel.Functions.Sandboxes.Launch;

namespace Petrel.Functions.Tests.Hostile;

/// <summary>Functions that reach for the host, its neighbours and the cloud it runs in, or make more connections than anyone needs.</summary>
[Collection(nameof(Hostile))]
public sealed class NetworkTests : IAsyncLifetime
{
    /// <summary>Tries addresses, given as the event, and says which answered.</summary>
    private const string Reach = """
        reached = []
        for address, port in event:
            try:
                socket.create_connection((address, port), timeout=5).close()
                reached.append(address)
            except OSError: pass
        return reached
        """;

    /// <summary>The way out's other end, which is the host: an address of a range that no function may reach.</summary>
    private const string ReachGateway = """
        with open('/proc/net/route') as f:
            gateway = next(socket.inet_ntoa(int(l.split()[2], 16).to_bytes(4, 'little')) for l in f if l.split()[1] == '00000000')
        try:
            socket.create_connection((gateway, event), timeout=5).close()
            return 'reached'
        except OSError as e:
            return 'refused' if not isinstance(e, TimeoutError) else 'silence'
        """;

    private const string Metadata = "169.254.169.254";

    private const string ReachUnixSocket = """
        s = socket.socket(socket.AF_UNIX)
        try:
            s.connect('\0' + event)
            return 'reached'
        except OSError:
            return 'refused'
        """;

    /// <summary>Makes flows to an address that nobody has; the kernel remembers each for half a minute.</summary>
    private const string Flood = """
        for port in range(1, 6001):
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            try: s.sendto(b'x', ('203.0.113.77', port))
            except OSError: pass
            s.close()
        """;

    /// <summary>Sends from an address that it does not have.</summary>
    private const string Spoof = """
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.setsockopt(0, 15, 1) # IP_FREEBIND
        try:
            s.bind(('198.18.0.3', 5000))
            s.sendto(b'x', ('203.0.113.77', 9))
            return 'sent'
        except OSError:
            return 'refused'
        """;

    private readonly Socket _service = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Socket _abstract = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly string _name = "petrel-test-" + Path.GetRandomFileName();

    private int Port => ((IPEndPoint)_service.LocalEndPoint!).Port;

    public ValueTask InitializeAsync()
    {
        Attack.NeedsRoot();
        Assert.SkipUnless(Sandboxes.SandboxHost.Shared.Launcher.Capabilities.Network == Petrel.Functions.Sandboxes.SandboxNetwork.Outside, "this machine gives functions no way out");
        _service.Bind(new IPEndPoint(IPAddress.Any, 0));
        _service.Listen(512);
        _abstract.Bind(new UnixDomainSocketEndPoint("\0" + _name));
        _abstract.Listen(512);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _service.Dispose();
        _abstract.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Connect_HostByItsNearestAddress_IsRefusedAtOnce()
    {
        await using (var open = Attack.Without(Defences.Firewall))
        {
            Assert.Equal("\"reached\"", (await open.InvokeAsync(Attack.Python(open, ReachGateway), $"{Port}")).Payload);
        }

        Assert.Equal("\"refused\"", (await Attack.Guarded.InvokeAsync(Attack.Python(Attack.Guarded, ReachGateway), $"{Port}")).Payload);
    }

    [Theory]
    [InlineData("169.254.169.254", 80)] // metadata of Amazon's, Google's and Microsoft's machines
    [InlineData("169.254.170.2", 80)] // credentials of Amazon's containers
    [InlineData("fd00:ec2::254", 80)] // metadata over IPv6
    [InlineData("100.100.100.200", 80)] // metadata of Alibaba's
    [InlineData("192.0.0.192", 80)] // metadata of Oracle's
    [InlineData("::1", 4566)]
    public async Task Connect_Metadata_IsNotReached(string address, int port)
    {
        var (_, payload) = await Attack.Guarded.InvokeAsync(Attack.Python(Attack.Guarded, Reach), $"""[["{address}", {port}]]""");
        Assert.Equal("[]", payload);
    }

    /// <summary>The host takes the place of the cloud's metadata service for a moment.</summary>
    [Fact]
    public async Task Connect_MetadataThatIsThere_IsReachedWithoutTheFirewallOnly()
    {
        Assert.SkipUnless(await TryAddressAsync("add"), "this machine has such an address itself, or cannot take it");
        try
        {
            var target = $"""[["{Metadata}", {Port}]]""";
            await using (var open = Attack.Without(Defences.Firewall))
            {
                Assert.Equal($"""["{Metadata}"]""", (await open.InvokeAsync(Attack.Python(open, Reach), target)).Payload);
            }

            Assert.Equal("[]", (await Attack.Guarded.InvokeAsync(Attack.Python(Attack.Guarded, Reach), target)).Payload);
        }
        finally
        {
            await TryAddressAsync("del");
        }
    }

    private static async Task<bool> TryAddressAsync(string change)
    {
        using var program = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("ip", ["address", change, $"{Metadata}/32", "dev", "lo"]) { RedirectStandardError = true })!;
        await program.WaitForExitAsync();
        return program.ExitCode == 0;
    }

    [Fact]
    public async Task Connect_HostsLoopbackAndAbstractSockets_AreNotThere()
    {
        await using (var open = Attack.Without(Defences.NetworkNamespace))
        {
            Assert.Equal("""["127.0.0.1"]""", (await open.InvokeAsync(Attack.Python(open, Reach), $"""[["127.0.0.1", {Port}]]""")).Payload);
        }

        Assert.Equal("[]", (await Attack.Guarded.InvokeAsync(Attack.Python(Attack.Guarded, Reach), $"""[["127.0.0.1", {Port}]]""")).Payload);
        Assert.Equal("\"refused\"", (await Attack.Guarded.InvokeAsync(Attack.Python(Attack.Guarded, ReachUnixSocket), $"\"{_name}\"")).Payload);
    }

    [Fact]
    public async Task AbstractSocket_OfTheHost_IsReachedWithoutNamespaceAndLandlockOnly()
    {
        await using var open = Attack.Without(Defences.NetworkNamespace | Defences.Landlock);
        Assert.Equal("\"reached\"", (await open.InvokeAsync(Attack.Python(open, ReachUnixSocket), $"\"{_name}\"")).Payload);
    }

    /// <summary>The table of connections is the whole host's. Other tests make a few of their own.</summary>
    [Fact]
    public async Task Flood_OfConnections_IsRefusedBeforeTheHostsTableIsFull()
    {
        const int others = 500;
        var before = Connections();
        await Attack.SucceedsAsync(Defences.FlowLimit, h => Attack.Python(h, Flood));
        Assert.InRange(Connections() - before, 6000 - others, int.MaxValue);
        before = Connections();
        await Attack.IsContainedAsync(h => Attack.Python(h, Flood));
        Assert.InRange(Connections() - before, int.MinValue, 4096 + others);

        static int Connections() => int.Parse(File.ReadAllText("/proc/sys/net/netfilter/nf_conntrack_count"));
    }

    [Fact]
    public async Task Send_FromAnAddressOfANeighbour_IsRefused()
    {
        var (_, payload) = await Attack.IsContainedAsync(h => Attack.Python(h, Spoof));
        Assert.Equal("\"refused\"", payload);
    }
}
