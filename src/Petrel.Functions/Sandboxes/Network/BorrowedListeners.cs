using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Petrel.Functions.Sandboxes.Native;

namespace Petrel.Functions.Sandboxes.Network;

/// <summary>
/// Listens inside a network namespace that an unprivileged daemon cannot enter itself, because a process with threads may not change its user
/// namespace: a small helper enters it and listens, the daemon takes the sockets from it (pidfd_getfd), and the helper ends. Sockets that
/// connect inside are made the same way.
/// </summary>
internal static class BorrowedListeners
{
    private const string Enter = "/usr/bin/nsenter";

    private const string Perl =
        """use Socket; for (@ARGV) { my ($a, $p) = split /:/; socket(my $s, AF_INET, SOCK_STREAM, 0) or die $!; bind($s, sockaddr_in($p, inet_aton($a))) or die $!; listen($s, 512) or die $!; push @k, $s; } $| = 1; print join(" ", map { fileno $_ } @k), "\n"; <STDIN>;""";

    private const string Python =
        """import socket,sys; k=[socket.create_server((a.split(":")[0],int(a.split(":")[1])),backlog=512) for a in sys.argv[1:]]; print(*[s.fileno() for s in k],flush=True); sys.stdin.read()""";

    private const string PerlSocket = """use Socket; socket(my $s, AF_INET, SOCK_STREAM, 0) or die $!; $| = 1; print fileno $s, "\n"; <STDIN>;""";

    private const string PythonSocket = """import socket,sys; s=socket.socket(); print(s.fileno(),flush=True); sys.stdin.read()""";

    /// <summary>What runs the helper: both are part of nearly every system. Null where neither is.</summary>
    private static readonly string[]? Helper =
        !File.Exists(Enter) ? null
        : File.Exists("/usr/bin/perl") ? ["/usr/bin/perl", "-e", Perl, PerlSocket]
        : File.Exists("/usr/bin/python3") ? ["/usr/bin/python3", "-ISc", Python, PythonSocket] : null;

    public static bool Available => Helper is not null;

    /// <param name="processId">A process in the network; it may be in a user namespace further down than the network's own.</param>
    public static Dictionary<IPEndPoint, Socket> Open(int processId, IReadOnlyList<IPEndPoint> endPoints)
    {
        var sockets = Borrow(processId, [.. Helper![..3], .. endPoints.Select(e => e.ToString())], endPoints.Count);
        return endPoints.Zip(sockets).ToDictionary(pair => pair.First, pair => pair.Second);
    }

    /// <summary>A TCP socket that connects to what listens in a sandbox.</summary>
    /// <param name="outerProcessId">The sandbox's outermost process, which is not in its network; what it started is.</param>
    public static Socket OpenSocket(int outerProcessId)
    {
        var children = File.ReadAllText($"/proc/{outerProcessId}/task/{outerProcessId}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return children is [var inner, ..]
            ? Borrow(int.Parse(inner, CultureInfo.InvariantCulture), [.. Helper![..2], Helper[3]], 1)[0]
            : throw new IOException("the sandbox has ended");
    }

    private static Socket[] Borrow(int processId, string[] helper, int count)
    {
        var network = Libc.Open($"/proc/{processId}/ns/net", 0x80000, 0);
        Libc.Check(network, "the sandbox's network");
        var user = Libc.OwnerOfNamespace(network);
        try
        {
            var ours = $"/proc/{Environment.ProcessId}/fd/";
            string[] command = [$"--user={ours}{user}", $"--net={ours}{network}", "--preserve-credentials", "--", .. helper];
            return Take(command, count);
        }
        finally
        {
            _ = Libc.Close(user);
            _ = Libc.Close(network);
        }
    }

    private static Socket[] Take(string[] command, int count)
    {
        using var helper = Process.Start(new ProcessStartInfo(Enter, command) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        try
        {
            var numbers = helper.StandardOutput.ReadLine()?.Split(' ');
            if (numbers?.Length != count)
            {
                throw new IOException("the helper could not make sockets inside the sandbox's network");
            }

            return Take(helper.Id, numbers);
        }
        finally
        {
            helper.StandardInput.Close();
            helper.WaitForExit();
        }
    }

    private static Socket[] Take(int helper, string[] numbers)
    {
        var process = Libc.OpenProcess(helper);
        try
        {
            return [.. numbers.Select(number =>
                new Socket(new SafeSocketHandle(Libc.TakeDescriptor(process, int.Parse(number, CultureInfo.InvariantCulture)), ownsHandle: true)))];
        }
        finally
        {
            _ = Libc.Close(process);
        }
    }
}
