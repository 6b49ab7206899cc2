using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Petrel.Functions.Sandboxes.Launch;

namespace Petrel.Functions.Sandboxes.Network;

/// <summary>
/// One table of nftables for the daemon, which lets each sandbox reach what its function's policy says and nothing nearer.
/// <see cref="FirewallRules"/> has the rules.
/// </summary>
internal sealed class Firewall(DaemonSlot daemon, Defences without)
{
    private const string Program = "nft";

    /// <summary>What one sandbox may take of the host's table of connections; 4,096 where it is large.</summary>
    private const int MostFlows = 4096, LeastFlows = 256, ShareOfTable = 64;

    /// <summary>Puts the rules in force, and in place of those of a killed daemon.</summary>
    /// <returns>Null, or why the outside cannot be given.</returns>
    public string? Apply(IReadOnlyList<IPAddress> nameServers, List<string> problems)
    {
        try
        {
            ForwardReplies();
            var rules = new FirewallRules(daemon, nameServers, [.. Neighbours()], Flows())
            {
                Open = without.HasFlag(Defences.Firewall),
            };
            if (Run("-f -", rules.ToString()) is not { } refused)
            {
                return null;
            }

            if (Run("-f -", (rules with { Flows = 0 }).ToString()) is { } problem)
            {
                return problem;
            }

            problems.Add($"one function can fill the host's table of connections, because the kernel cannot count them: {refused}");
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception)
        {
            return e is System.ComponentModel.Win32Exception ? "nft is not installed (package nftables)" : e.Message;
        }
    }

    public void Remove() => Remove(daemon.Number);

    /// <summary>Removes the rules of a daemon with this number, if there are any.</summary>
    public static void Remove(int number)
    {
        var table = FirewallRules.TableOf(number);
        _ = Run("-f -", $"add table inet {table}\ndelete table inet {table}\n");
    }

    /// <summary>The numbers of daemons that have rules in force.</summary>
    public static IReadOnlySet<int> Tables()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(Program, "list tables inet") { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var lines = process.StandardOutput.ReadToEnd().Split('\n');
            process.WaitForExit();
            return lines.Select(l => l.Split("petrel_")).Where(p => p.Length == 2 && int.TryParse(p[1], out _)).Select(p => int.Parse(p[1])).ToHashSet();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return new HashSet<int>(); // nft is not installed
        }
    }

    private int Flows()
    {
        if (without.HasFlag(Defences.FlowLimit))
        {
            return 0;
        }

        const string limit = "/proc/sys/net/netfilter/nf_conntrack_max";
        return File.Exists(limit) && long.TryParse(File.ReadAllText(limit), out var all) ? (int)Math.Clamp(all / ShareOfTable, LeastFlows, MostFlows) : MostFlows;
    }

    /// <summary>Networks that the host is in: its neighbours, whatever their addresses.</summary>
    private static List<string> Neighbours()
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return ReadNeighbours();
            }
            catch (Exception e) when ((e is ArgumentException or NetworkInformationException) && attempt < 10)
            {
                // An interface, as those of another daemon's sandboxes, went while the list was read.
                continue;
            }
        }
    }

    private static List<string> ReadNeighbours() =>
    [
        .. from nic in NetworkInterface.GetAllNetworkInterfaces()
           where !nic.Name.StartsWith(DaemonSlot.AnyInterfacePrefix, StringComparison.Ordinal)
           from address in nic.GetIPProperties().UnicastAddresses
           where address.Address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address.Address)
           select $"{address.Address}/{address.PrefixLength}",
    ];

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
