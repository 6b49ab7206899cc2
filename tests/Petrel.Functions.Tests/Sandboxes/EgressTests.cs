using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Petrel.Functions.Sandboxes;
using Petrel.Functions.Sandboxes.Network;

namespace Petrel.Functions.Tests.Sandboxes;

/// <summary>Where a function's connections may go, by its policy.</summary>
public sealed class EgressTests : IAsyncLifetime
{
    /// <summary>Tries each address and port of its environment's list and says how that ended.</summary>
    private const string Connect = """
        try() { timeout 5 bash -c "exec 5<>/dev/tcp/$1/$2" 2>/tmp/why && echo $1 reached || { grep -q -e unreachable -e refused -e 'No route' /tmp/why && echo $1 refused || echo $1 silence; }; }

        """;

    private readonly Socket _service = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    private static SandboxHost Host => SandboxHost.Shared;

    private int Port => ((IPEndPoint)_service.LocalEndPoint!).Port;

    /// <summary>An address of the host that is not in a private range; some machines have none.</summary>
    private static readonly string? PublicAddress = FindPublicAddress(attempts: 20);

    private static string? FindPublicAddress(int attempts)
    {
        try
        {
            return FindPublicAddress();
        }
        catch (Exception e) when ((e is ArgumentException or NetworkInformationException) && attempts > 0)
        {
            return FindPublicAddress(attempts - 1); // An interface of another test's sandbox went while the list was read.
        }
    }

    private static string? FindPublicAddress() => (
        from nic in NetworkInterface.GetAllNetworkInterfaces()
        where !nic.Name.StartsWith(DaemonSlot.AnyInterfacePrefix, StringComparison.Ordinal)
        from address in nic.GetIPProperties().UnicastAddresses
        where address.Address.AddressFamily == AddressFamily.InterNetwork
        let bytes = address.Address.GetAddressBytes()
        where (bytes[0], bytes[1]) is not ((10 or 127, _) or (169, 254) or (172, >= 16 and < 32) or (192, 168) or (198, 18 or 19) or (100, >= 64 and < 128))
        select address.Address.ToString()).FirstOrDefault();

    public ValueTask InitializeAsync()
    {
        Assert.SkipUnless(Host.Launcher.Capabilities.Network == SandboxNetwork.Outside, "this machine gives functions no way out");
        _service.Bind(new IPEndPoint(IPAddress.Any, 0));
        _service.Listen(512);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _service.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(FunctionEgress.None, "refused")]
    [InlineData(FunctionEgress.Outside, "refused")]
    [InlineData(FunctionEgress.AllButPrivate, "reached")]
    public async Task Connect_HostsPublicAddress_IsReachedByOnePolicyOnly(FunctionEgress egress, string expected)
    {
        Assert.SkipWhen(PublicAddress is null, "this machine has private addresses only");
        var (_, output) = await Host.RunAsync($"{Connect}try {PublicAddress} {Port}", f => f with { Egress = egress });
        Assert.Equal($"{PublicAddress} {expected}\n", output);
    }

    [Theory]
    [InlineData(FunctionEgress.None)]
    [InlineData(FunctionEgress.Outside)]
    [InlineData(FunctionEgress.AllButPrivate)]
    public async Task Connect_WhatIsNotTheInternets_IsRefusedAtOnceByAll(FunctionEgress egress)
    {
        string[] near = ["169.254.169.254", "169.254.170.2", "10.0.0.1", "172.16.0.1", "192.168.0.1", "100.64.0.1", "198.18.0.0", "198.18.0.3"];
        var (_, output) = await Host.RunAsync(Connect + string.Join('\n', near.Select(a => $"try {a} {Port}")), f => f with { Egress = egress });
        Assert.Equal(string.Concat(near.Select(a => $"{a} refused\n")), output);
    }

    [Fact]
    public async Task Connect_None_AsksNoNameServerButReachesThePlatform()
    {
        var server = Petrel.Functions.Sandboxes.Launch.EtcFiles.NameServers().FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork);
        Assert.SkipWhen(server is null, "this machine asks no name server");
        var (_, output) = await Host.RunAsync(
            $"{Connect}try {server} 53; try 1.1.1.1 443; exec bash -c 'exec 5<>/dev/tcp/localhost/4566; cat <&5'", f => f with { Egress = FunctionEgress.None });
        Assert.Equal($"{server} refused\n1.1.1.1 refused\ntest arn:aws:lambda:us-east-1:000000000000:function:hostile\n", output);
    }

    [Fact]
    public void Rules_OfEveryPolicy_DifferInWhatIsNearOnly()
    {
        using var daemon = DaemonSlot.Acquire(privileged: false);
        var rules = new FirewallRules(daemon, [IPAddress.Parse("10.1.2.3"), IPAddress.Loopback], ["203.0.113.7/24"], Flows: 77).ToString();
        Assert.Contains("ip daddr { 10.1.2.3 } udp dport 53 accept", rules, StringComparison.Ordinal);
        Assert.Contains("198.18.0.0/15, 224.0.0.0/3, 203.0.113.7/24 }", rules, StringComparison.Ordinal);
        Assert.Contains("ct count over 77", rules, StringComparison.Ordinal);
        Assert.DoesNotContain("ct count", (new FirewallRules(daemon, [], [], Flows: 0) with { Open = true }).ToString(), StringComparison.Ordinal);
        Assert.Equal(3, Enum.GetValues<FunctionEgress>().Select(FirewallRules.GroupOf).Distinct().Count());
    }

    [Theory]
    [InlineData("none", FunctionEgress.None)]
    [InlineData("outside", FunctionEgress.Outside)]
    [InlineData("all-but-private", FunctionEgress.AllButPrivate)]
    public void TryParse_Names_AreThose(string name, FunctionEgress egress)
    {
        Assert.True(FunctionEgressNames.TryParse(name, out var parsed));
        Assert.Equal(egress, parsed);
        Assert.Contains(name, FunctionEgressNames.All, StringComparison.Ordinal);
        Assert.False(FunctionEgressNames.TryParse(name.ToUpperInvariant(), out _));
    }
}
