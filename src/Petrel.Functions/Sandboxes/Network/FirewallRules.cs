using System.Net;
using System.Net.Sockets;

namespace Petrel.Functions.Sandboxes.Network;

/// <summary>
/// The rules as text for <c>nft</c>. They match the names of interfaces, and what a sandbox may reach by the group that its interface is in:
/// nothing here changes when sandboxes come, go, or are given their function, and an interface takes its policy with it when it ends.
/// </summary>
/// <param name="NameServers">The host's, which every sandbox that reaches anything may ask.</param>
/// <param name="Neighbours">Networks that the host is in.</param>
/// <param name="Flows">Connections of one sandbox that the kernel may keep track of at a time; 0 where it cannot count them.</param>
internal sealed record FirewallRules(DaemonSlot Daemon, IEnumerable<IPAddress> NameServers, IEnumerable<string> Neighbours, int Flows)
{
    /// <summary>New connections of one sandbox a second, with as many again at once: what a busy client makes, and far from what a host feels.</summary>
    private const int NewFlowsPerSecond = 1000;

    /// <summary>Ranges that are not the Internet's (IANA's registry of special-purpose addresses).</summary>
    private static readonly string[] Special =
    [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16",
        "198.18.0.0/15", "224.0.0.0/3",
    ];

    /// <summary>Everything is let through: what tests of attacks compare with.</summary>
    public bool Open { get; init; }

    public string Table => TableOf(Daemon.Number);

    public static string TableOf(int daemon) => $"petrel_{daemon}";

    /// <summary>The group of an interface whose sandbox may go there; 0, in which every interface begins, goes nowhere.</summary>
    public static int GroupOf(FunctionEgress egress) => egress switch
    {
        FunctionEgress.Outside => 71_831,
        FunctionEgress.AllButPrivate => 71_832,
        _ => 0,
    };

    public override string ToString()
    {
        var inside = $"iifname \"{Daemon.InterfacePrefix}*\"";
        var (outside, wide) = (GroupOf(FunctionEgress.Outside), GroupOf(FunctionEgress.AllButPrivate));
        return $$"""
            add table inet {{Table}}
            delete table inet {{Table}}
            table inet {{Table}} {
                {{Set("special", Special)}}
                {{Set("near", Special.Concat(Neighbours))}}
                {{CountingSets()}}
                chain refuse {
                    {{(Open ? "accept" : "")}}
                    meta l4proto tcp reject with tcp reset
                    reject with icmpx admin-prohibited
                }
                chain begin {
                    meta nfproto ipv6 jump refuse
                    ip saddr != {{Daemon.Network}} drop
                    ct state established,related accept
                    {{CountingRules()}}
                    {{NameServerRules()}}
                }
                chain outside {
                    jump begin
                    ip daddr @near jump refuse
                    accept
                }
                chain allbutprivate {
                    jump begin
                    ip daddr @special jump refuse
                    accept
                }
                chain forward {
                    type filter hook forward priority filter - 10; policy accept;
                    {{inside}} iifgroup {{outside}} jump outside
                    {{inside}} iifgroup {{wide}} jump allbutprivate
                    {{inside}} jump refuse
                    oifname "{{Daemon.InterfacePrefix}}*" ct state established,related accept
                    oifname "{{Daemon.InterfacePrefix}}*" jump refuse
                }
                chain input {
                    type filter hook input priority filter - 10; policy accept;
                    {{inside}} ct state established,related accept
                    {{inside}} iifgroup {{outside}} jump begin
                    {{inside}} iifgroup {{wide}} jump allbutprivate
                    {{inside}} jump refuse
                }
                chain postrouting {
                    type nat hook postrouting priority srcnat; policy accept;
                    ip saddr {{Daemon.Network}} oifname != "{{Daemon.InterfacePrefix}}*" masquerade
                }
            }

            """;
    }

    private static string Set(string name, IEnumerable<string> ranges) =>
        $"set {name} {{ type ipv4_addr; flags interval; auto-merge; elements = {{ {string.Join(", ", ranges)} }}; }}";

    /// <summary>The table of connections is the whole host's: one sandbox that filled it would cut off everyone.</summary>
    private string CountingSets() => Flows == 0 ? "" : """
        set flows { type ipv4_addr; size 65536; flags dynamic; }
        set hurried { type ipv4_addr; size 65536; flags dynamic,timeout; timeout 5s; }
        """;

    private string CountingRules() => Flows == 0 ? "" : $$"""
        add @flows { ip saddr ct count over {{Flows}} } jump refuse
        update @hurried { ip saddr limit rate over {{NewFlowsPerSecond}}/second burst {{NewFlowsPerSecond}} packets } jump refuse
        """;

    private string NameServerRules()
    {
        var servers = string.Join(", ", NameServers.Where(a => a.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(a)));
        return servers.Length == 0 ? "" : $$"""
            ip daddr { {{servers}} } udp dport 53 accept
            ip daddr { {{servers}} } tcp dport 53 accept
            """;
    }
}
