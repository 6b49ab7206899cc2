using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Petrel.Client;
using Petrel.Daemon;
using Petrel.Functions;
using Petrel.Functions.Sandboxes.Launch;
using Petrel.Server.Settings;

namespace Petrel.Machine;

/// <summary>Looks at the machine as the daemon will find it. Every check tells what it saw, not only whether it is well.</summary>
internal sealed class MachineCheck(EnvironmentReader environment, PetrelOptions options, TimeProvider time)
{
    private const string UserNamespaceLimit = "/proc/sys/user/max_user_namespaces";
    private const string UserNamespaceSwitch = "/proc/sys/kernel/unprivileged_userns_clone";

    private readonly DebianPackages _packages = new(environment);

    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        var findings = new List<Finding> { Host() };
        findings.AddRange(DebianPackages.ForRunning.Select(Package));
        findings.Add(await SandboxAsync(cancellationToken));
        findings.Add(UserNamespaces());
        findings.Add(Cgroups());
        findings.Add(Seccomp());
        findings.Add(await FirewallAsync(cancellationToken));
        findings.AddRange(Engine());
        findings.AddRange(RuntimeCheck.Run(options.Storage.Data));
        findings.Add(Port());
        findings.Add(DiskSpeed.Measure(options.Storage.Data, time));
        findings.Add(await ResolverAsync(cancellationToken));
        return findings;
    }

    private static Finding Host()
    {
        var memoryMb = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20;
        var user = Environment.IsPrivilegedProcess ? "root" : "an ordinary user";
        return new Finding(
            "machine", Grade.Good,
            $"{RuntimeInformation.OSDescription}, {Environment.ProcessorCount} cores, {memoryMb:N0} MB, {RuntimeInformation.FrameworkDescription}, as {user}");
    }

    private Finding Package(DebianPackage package) => _packages.Find(package.Program) is { } path
        ? new Finding(package.Program, Grade.Good, path)
        : new Finding(
            package.Program,
            package.Program == "bwrap" ? Grade.Bad : Grade.Reduced,
            $"not installed; it {package.Purpose}",
            DebianPackages.InstallCommand([package]));

    /// <summary>Installed is not enough: containers and hardened kernels forbid what it does.</summary>
    private async Task<Finding> SandboxAsync(CancellationToken cancellationToken)
    {
        if (_packages.Find("bwrap") is not { } bwrap)
        {
            return new Finding("sandbox", Grade.Bad, "no launcher of sandboxes", DebianPackages.InstallCommand([DebianPackages.ForRunning.First()]));
        }

        var trial = await new ExternalProgram(bwrap).RunAsync(
            ["--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "/bin/true"], cancellationToken);
        return trial.ExitCode == 0
            ? new Finding("sandbox", Grade.Good, "a program starts in namespaces of its own")
            : new Finding("sandbox", Grade.Bad, $"bwrap fails: {trial.FirstLine}", "allow user namespaces (see below), or run Petrel as root outside of a container");
    }

    private static Finding UserNamespaces()
    {
        const string Area = "user namespaces";
        if (ReadNumber(UserNamespaceLimit) == 0)
        {
            return new Finding(Area, Reduced, "the kernel allows none", "sudo sysctl -w user.max_user_namespaces=15000");
        }

        return !Environment.IsPrivilegedProcess && ReadNumber(UserNamespaceSwitch) == 0
            ? new Finding(Area, Reduced, "only root may make them", "sudo sysctl -w kernel.unprivileged_userns_clone=1")
            : new Finding(Area, Grade.Good, $"up to {ReadNumber(UserNamespaceLimit):N0}");
    }

    private static Grade Reduced => Environment.IsPrivilegedProcess ? Grade.Reduced : Grade.Bad;

    private static Finding Cgroups()
    {
        if (File.Exists("/sys/fs/cgroup/cgroup.controllers"))
        {
            var controllers = File.ReadAllText("/sys/fs/cgroup/cgroup.controllers").Trim();
            return controllers.Contains("memory", StringComparison.Ordinal) && IsWritable("/sys/fs/cgroup")
                ? new Finding("cgroups", Grade.Good, $"version 2 ({controllers})")
                : new Finding("cgroups", Grade.Reduced, "version 2, not ours to use: memory is limited by process only", "run as root");
        }

        return Directory.Exists("/sys/fs/cgroup/memory") && IsWritable("/sys/fs/cgroup/memory")
            ? new Finding("cgroups", Grade.Good, "version 1")
            : new Finding("cgroups", Grade.Reduced, "not ours to use: memory is limited by process only", "run as root");
    }

    private static Finding Seccomp() => File.ReadLines("/proc/self/status").Any(l => l.StartsWith("Seccomp:", StringComparison.Ordinal))
        ? new Finding("seccomp", Grade.Good, "system calls are filtered")
        : new Finding("seccomp", Grade.Reduced, "the kernel has no filter of system calls");

    private async Task<Finding> FirewallAsync(CancellationToken cancellationToken)
    {
        if (_packages.Find("nft") is not { } nft)
        {
            return new Finding("firewall", Grade.Reduced, "no nft: functions reach the platform, and nothing outside");
        }

        var trial = await new ExternalProgram(nft).RunAsync(["list", "tables"], cancellationToken);
        return trial.ExitCode == 0
            ? new Finding("firewall", Grade.Good, "functions reach the platform and the outside, not the host or each other")
            : new Finding("firewall", Grade.Reduced, $"nft is not allowed ({trial.FirstLine}): functions reach the platform, and nothing outside", "run as root");
    }

    /// <summary>What the engine itself makes of all that: its word counts.</summary>
    private IEnumerable<Finding> Engine()
    {
        const string Area = "isolation";
        var found = FunctionsModule.ExamineSandboxes(new SandboxOptions { StateDirectory = Path.GetFullPath(options.Storage.Data) });
        foreach (var problem in found.Problems)
        {
            yield return new Finding(Area, Grade.Reduced, problem);
        }

        if (found.Problems.Count == 0)
        {
            yield return new Finding(Area, Grade.Good, $"{found.Bubblewrap}; a user, limits (control groups version {found.Cgroups}) and a network of its own for each sandbox");
        }
    }

    private DaemonFile? Running() => DataFolderLock.IsHeld(options.Storage.Data) ? DaemonFile.TryRead(options.Storage.Data) : null;

    private Finding Port()
    {
        var port = options.Edge.Port;
        if (Running() is { } daemon)
        {
            return new Finding("port", Grade.Good, $"{daemon.Endpoint.Port} is served by Petrel, process {daemon.ProcessId}");
        }

        try
        {
            using var listener = new TcpListener(IPAddress.Parse(options.Edge.Bind == "localhost" ? "127.0.0.1" : options.Edge.Bind), port);
            listener.Start();
            return new Finding("port", Grade.Good, $"{port} is free");
        }
        catch (SocketException e)
        {
            return new Finding("port", Grade.Bad, $"{port} cannot be taken: {e.Message}", "find who has it: ss -ltnp; or give another: --port");
        }
    }

    /// <summary>Petrel's own client needs no resolver for these names; other programs on this machine do.</summary>
    private async Task<Finding> ResolverAsync(CancellationToken cancellationToken)
    {
        var name = $"petrel-check.lambda-url.{Connection.DefaultRegion}.localhost";
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(name, cancellationToken);
            if (addresses.Any(IPAddress.IsLoopback))
            {
                return new Finding("*.localhost", Grade.Good, "resolves to loopback");
            }
        }
        catch (SocketException)
        {
            // Told below.
        }

        return new Finding(
            "*.localhost", Grade.Reduced,
            $"does not resolve here: curl and browsers know these names by themselves, other clients use the form http://localhost:{Running()?.Endpoint.Port ?? options.Edge.Port}/_url/ID/",
            "sudo apt-get install -y libnss-myhostname");
    }

    private static long? ReadNumber(string file) => File.Exists(file) && long.TryParse(File.ReadAllText(file).Trim(), out var number) ? number : null;

    private static bool IsWritable(string folder)
    {
        try
        {
            var trial = Directory.CreateDirectory(Path.Combine(folder, $"petrel-check-{Environment.ProcessId}"));
            trial.Delete();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
