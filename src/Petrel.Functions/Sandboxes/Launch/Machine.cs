using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using Petrel.Functions.Sandboxes.Filter;
using Petrel.Functions.Sandboxes.Limits;
using Petrel.Functions.Sandboxes.Native;
using Petrel.Functions.Sandboxes.Network;

namespace Petrel.Functions.Sandboxes.Launch;

/// <summary>What this machine has for sandboxes, found out and set up once at start.</summary>
internal sealed class Machine : IDisposable
{
    private const string CgroupRoot = "/sys/fs/cgroup";
    private readonly Firewall? _firewall;

    private Machine(DaemonSlot daemon, IControlGroups? groups, NetworkMaker? networks, Firewall? firewall, SandboxCapabilities capabilities, string? bubblewrap)
    {
        (Daemon, Groups, Networks, _firewall, Capabilities, BubblewrapPath) = (daemon, groups, networks, firewall, capabilities, bubblewrap);
        StageDirectory = capabilities.Root ? DaemonSlot.RunDirectory : null;
    }

    public DaemonSlot Daemon { get; }

    public IControlGroups? Groups { get; }

    public NetworkMaker? Networks { get; }

    public SandboxCapabilities Capabilities { get; }

    public string? BubblewrapPath { get; }

    /// <summary>The first program inside; null: it was not compiled.</summary>
    public Stem? Stem { get; private init; }

    /// <summary>Where folders are staged for bubblewrap; null when it runs as the daemon's own user.</summary>
    public string? StageDirectory { get; }

    public static Machine Prepare(SandboxOptions options, IReadOnlyList<IPAddress> nameServers)
    {
        var problems = new List<string>();
        var root = options.Privileged && Libc.EffectiveUser() == 0 && HasRootsRights(problems);
        var daemon = DaemonSlot.Acquire(root);
        var bubblewrap = FindBubblewrap(problems);
        var groups = OpenGroups(daemon, root, options, problems);
        RemoveLeftOvers(daemon, root);
        var (networks, firewall) = OpenNetworks(daemon, root, options, nameServers, problems);
        var seccomp = SeccompFilter.Supports(RuntimeInformation.ProcessArchitecture);
        var reach = networks is null && !BorrowedListeners.Available ? SandboxNetwork.None : firewall is null ? SandboxNetwork.Platform : SandboxNetwork.Outside;
        var stem = Stem.Find(options, problems);
        var capabilities = new SandboxCapabilities(
            root, bubblewrap?.Version, groups?.Version ?? 0, root, reach, seccomp, stem?.Landlock ?? 0, problems)
        { CanWait = root && stem is not null };
        return new Machine(daemon, groups, networks, firewall, capabilities, bubblewrap?.Path) { Stem = stem };
    }

    /// <summary>In a container root may lack what makes it root.</summary>
    private static bool HasRootsRights(List<string> problems)
    {
        const int changeUser = 7, network = 12, system = 21;
        var line = File.ReadLines("/proc/self/status").First(l => l.StartsWith("CapEff:", StringComparison.Ordinal));
        var rights = ulong.Parse(line.AsSpan("CapEff:".Length).Trim(), NumberStyles.HexNumber);
        var has = new[] { changeUser, network, system }.All(right => (rights >> right & 1) == 1);
        if (!has)
        {
            problems.Add("the daemon is root without root's rights (setuid, net_admin, sys_admin), as in a container that is not privileged");
        }

        return has;
    }

    private static (string Path, string Version)? FindBubblewrap(List<string> problems)
    {
        foreach (var directory in new[] { "/usr/bin", "/usr/local/bin", "/bin" })
        {
            var path = Path.Combine(directory, "bwrap");
            if (File.Exists(path))
            {
                var (_, version) = Run(path, "--version");
                if (Run(path, "--unshare-user --unshare-pid --unshare-ipc --unshare-net --ro-bind / / --proc /proc /bin/true") is { Succeeded: false } failed)
                {
                    problems.Add($"this machine does not let bubblewrap make sandboxes, so functions will not start: {failed.Text}");
                }

                return (path, version);
            }
        }

        problems.Add("bubblewrap is not installed, so no function can run: apt-get install bubblewrap");
        return null;
    }

    private static (bool Succeeded, string Text) Run(string program, string arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEnd();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode == 0, (output + error).Trim());
    }

    private static IControlGroups? OpenGroups(DaemonSlot daemon, bool root, SandboxOptions options, List<string> problems)
    {
        if (!root)
        {
            problems.Add("the daemon is not root: memory and processes are bounded by process only and not in sum, processors are not shared by memory size");
            return null;
        }

        try
        {
            var groups = ControlGroups(daemon.Name);
            if (groups is null)
            {
                problems.Add("control groups for memory, cpu and pids are not mounted: memory is bounded by process only");
                return null;
            }

            groups.CleanUp();
            groups.Bound(options.AllMemoryBytes ?? MostMemory(), MostProcesses());
            return groups;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception)
        {
            problems.Add($"control groups cannot be used, memory is bounded by process only: {e.Message}");
            return null;
        }
    }

    private static IControlGroups? ControlGroups(string name) =>
        CgroupsV1.IsMounted(CgroupRoot) ? new CgroupsV1(CgroupRoot, name) : CgroupsV2.IsMounted(CgroupRoot) ? new CgroupsV2(CgroupRoot, name) : null;

    /// <summary>An eighth of the machine, at least a gigabyte where there is that much, stays the host's and the daemon's.</summary>
    private static long MostMemory()
    {
        var all = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return all - Math.Min(Math.Max(all / 8, 1L << 30), all / 2);
    }

    /// <summary>Three quarters of the numbers that the kernel has for processes: 32 sandboxes at their limit could take all of 32,768.</summary>
    private static int MostProcesses() =>
        (int)(new[] { "pid_max", "threads-max" }.Min(name => long.Parse(File.ReadAllText($"/proc/sys/kernel/{name}"), CultureInfo.InvariantCulture)) / 4 * 3);

    /// <summary>What daemons with other numbers left when they were killed; what runs is not touched.</summary>
    private static void RemoveLeftOvers(DaemonSlot daemon, bool root)
    {
        var tables = root && daemon.Abandoned.Count > 0 ? Firewall.Tables() : new HashSet<int>();
        foreach (var other in root ? daemon.Abandoned : [])
        {
            if (Directory.EnumerateDirectories(CgroupRoot).Prepend(CgroupRoot).Any(d => Directory.Exists(Path.Combine(d, other.Name))))
            {
                var groups = ControlGroups(other.Name);
                groups?.CleanUp();
                groups?.Remove();
            }

            if (tables.Contains(other.Number))
            {
                Firewall.Remove(other.Number);
            }
        }

        daemon.ReleaseAbandoned();
    }

    private static (NetworkMaker?, Firewall?) OpenNetworks(
        DaemonSlot daemon, bool root, SandboxOptions options, IReadOnlyList<IPAddress> nameServers, List<string> problems)
    {
        if (!root)
        {
            problems.Add("the daemon is not root: functions do not reach the outside, and share the daemon's user");
            problems.Add("the daemon is not root: no runtime can wait for functions, so that every cold start starts its own");
            if (!BorrowedListeners.Available)
            {
                problems.Add("functions reach neither the Runtime API nor the platform: nsenter (package util-linux) and perl or python3 are needed");
            }

            return (null, null);
        }

        var firewall = options.Outside ? new Firewall(daemon, options.Without) : null;
        if (firewall?.Apply(nameServers, problems) is { } problem)
        {
            problems.Add($"functions reach the platform but not the outside: {problem}");
            firewall = null;
        }

        if (firewall is not null && nameServers.All(IPAddress.IsLoopback))
        {
            problems.Add("functions reach the outside by address only: the machine's name server listens on its loopback, where sandboxes cannot reach it");
        }

        return (new NetworkMaker(daemon, options.PlatformPort, outside: firewall is not null), firewall);
    }

    public void Dispose()
    {
        Networks?.Dispose();
        _firewall?.Remove();
        Groups?.Remove();
        Daemon.Dispose();
    }
}
