using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Petrel.Functions.Sandboxes.Native;

namespace Petrel.Functions.Sandboxes.Network;

/// <summary>
/// Listens inside a network namespace that an unprivileged daemon cannot enter itself, because a process with threads may not change its user
/// namespace: a small helper enters it and listens, the daemon takes the sockets from it (pidfd_getfd), and the helper ends.
/// </summary>
internal static class BorrowedListeners
{
    private const string Enter = "/usr/bin/nsenter";

    private const string Perl =
        """use Socket; for (@ARGV) { my ($a, $p) = split /:/; socket(my $s, AF_INET, SOCK_STREAM, 0) or die $!; bind($s, sockaddr_in($p, inet_aton($a))) or die $!; listen($s, 512) or die $!; push @k, $s; } $| = 1; print join(" ", map { fileno $_ } @k), "\n"; <STDIN>;""";

    private const string Python =
        """import socket,sys; k=[socket.create_server((a.split(":")[0],int(a.split(":")[1])),backlog=512) for a in sys.argv[1:]]; print(*[s.fileno() for s in k],flush=True); sys.stdin.read()""";

    /// <summary>What runs the helper: both are part of nearly every system. Null where neither is.</summary>
    private static readonly string[]? Helper =
        !File.Exists(Enter) ? null
        : File.Exists("/usr/bin/perl") ? ["/usr/bin/perl", "-e", Perl]
        : File.Exists("/usr/bin/python3") ? ["/usr/bin/python3", "-ISc", Python] : null;

    public static bool Available => Helper is not null;

    /// <param name="processId">A process in the network; it may be in a user namespace further down than the network's own.</param>
    public static Dictionary<IPEndPoint, Socket> Open(int processId, IReadOnlyList<IPEndPoint> endPoints)
    {
        var network = Libc.Open($"/proc/{processId}/ns/net", 0x80000, 0);
        Libc.Check(network, "the sandbox's network");
        var user = Libc.OwnerOfNamespace(network);
        try
        {
            var ours = $"/proc/{Environment.ProcessId}/fd/";
            string[] command = [$"--user={ours}{user}", $"--net={ours}{network}", "--preserve-credentials", "--", .. Helper!, .. endPoints.Select(e => e.ToString())];
            return Open(command, endPoints);
        }
        finally
        {
            _ = Libc.Close(user);
            _ = Libc.Close(network);
        }
    }

    private static Dictionary<IPEndPoint, Socket> Open(string[] command, IReadOnlyList<IPEndPoint> endPoints)
    {
        using var helper = Process.Start(new ProcessStartInfo(Enter, command) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        try
        {
            var numbers = helper.StandardOutput.ReadLine()?.Split(' ');
            if (numbers?.Length != endPoints.Count)
            {
                throw new IOException("the helper could not listen inside the sandbox's network");
            }

            return Take(helper.Id, endPoints, numbers);
        }
        finally
        {
            helper.StandardInput.Close();
            helper.WaitForExit();
        }
    }

    private static Dictionary<IPEndPoint, Socket> Take(int helper, IReadOnlyList<IPEndPoint> endPoints, string[] numbers)
    {
        var process = Libc.OpenProcess(helper);
        try
        {
            return endPoints.Zip(numbers).ToDictionary(
                pair => pair.First,
                pair => new Socket(new SafeSocketHandle(Libc.TakeDescriptor(process, int.Parse(pair.Second)), ownsHandle: true)));
        }
        finally
        {
            _ = Libc.Close(process);
        }
    }
}
