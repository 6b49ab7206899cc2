using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Petrel.Functions.Sandboxes.Network;

/// <summary>
/// The rules, one table of nftables for the daemon, that let sandboxes reach the outside and nothing near: not the host, not each other,
/// not private, link-local or shared ranges, not the networks that the host itself is in. The only exceptions are the host's name servers.
/// Rules match the names of interfaces, so nothing changes when sandboxes come and go.
/// </summary>
internal sealed class Firewall(DaemonSlot daemon)
{
    private const string Program = "nft";

    private static readonly string[] Closed =
    [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16",
        "198.18.0.0/15", "224.0.0.0/3",
    ];

    private string Table => $"petrel_{daemon.Number}";

    /// <summary>Puts the rules in force, and in place of those of a killed daemon.</summary>
    /// <returns>Null, or why the outside cannot be given.</returns>
    public string? Apply(IReadOnlyList<IPAddress> nameServers)
    {
        try
        {
            ForwardReplies();
            return Run("-f -", Rules(daemon, nameServers, Neighbours()));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception)
        {
            return e is System.ComponentModel.Win32Exception ? "nft is not installed (package nftables)" : e.Message;
        }
    }

    public void Remove() => Run("-f -", $"delete table inet {Table}\n");

    /// <summary>The rules as text; pure.</summary>
    internal static string Rules(DaemonSlot daemon, IEnumerable<IPAddress> nameServers, IEnumerable<string> neighbours)
    {
        var inside = $"\"{daemon.InterfacePrefix}*\"";
        var table = $"petrel_{daemon.Number}";
        var servers = string.Join(", ", nameServers.Where(a => a.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(a)));
        var names = servers.Length == 0 ? "" : $$"""
            ip daddr { {{servers}} } udp dport 53 accept
                    ip daddr { {{servers}} } tcp dport 53 accept
            """;
        return $$"""
            add table inet {{table}}
            delete table inet {{table}}
            table inet {{table}} {
                set closed {
                    type ipv4_addr
                    flags interval
                    auto-merge
                    elements = { {{string.Join(", ", Closed.Concat(neighbours))}} }
                }
                chain refuse {
                    meta l4proto tcp reject with tcp reset
                    reject with icmpx admin-prohibited
                }
                chain outbound {
                    meta nfproto ipv6 drop
                    {{names}}
                    ip daddr @closed jump refuse
                    ip saddr != {{daemon.Network}} drop
                    accept
                }
                chain forward {
                    type filter hook forward priority filter - 10; policy accept;
                    iifname {{inside}} jump outbound
                    oifname {{inside}} ct state established,related accept
                    oifname {{inside}} drop
                }
                chain input {
                    type filter hook input priority filter - 10; policy accept;
                    iifname {{inside}} ct state established,related accept
                    iifname {{inside}} jump refuse
                }
                chain postrouting {
                    type nat hook postrouting priority srcnat; policy accept;
                    ip saddr {{daemon.Network}} oifname != {{inside}} masquerade
                }
            }

            """;
    }

    /// <summary>Networks that the host is in: its neighbours, whatever their addresses.</summary>
    private static IEnumerable<string> Neighbours() =>
        from nic in NetworkInterface.GetAllNetworkInterfaces()
        where !nic.Name.StartsWith(DaemonSlot.AnyInterfacePrefix, StringComparison.Ordinal)
        from address in nic.GetIPProperties().UnicastAddresses
        where address.Address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address.Address)
        select $"{address.Address}/{address.PrefixLength}";

    /// <summary>Answers come in by the interfaces with a default route; each must forward.</summary>
    private static void ForwardReplies()
    {
        foreach (var line in File.ReadLines("/proc/net/route").Skip(1))
        {
            var fields = line.Split('\t');
            if (fields is [var name, "00000000", ..])
            {
                File.WriteAllText($"/proc/sys/net/ipv4/conf/{name}/forwarding", "1");
            }
        }
    }

    private static string? Run(string arguments, string input)
    {
        using var process = Process.Start(new ProcessStartInfo(Program, arguments) { RedirectStandardInput = true, RedirectStandardError = true })!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : $"nft: {error.Trim()}";
    }
}
