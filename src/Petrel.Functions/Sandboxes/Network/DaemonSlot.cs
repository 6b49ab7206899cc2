using System.Net;
using Petrel.Functions.Sandboxes.Native;

namespace Petrel.Functions.Sandboxes.Network;

/// <summary>
/// Which of the daemons of this machine this one is. Users, addresses, interfaces, rules and control groups are named by it,
/// so that several never meet, and one that starts finds what a killed one with its number has left. Held by a lock on a file.
/// </summary>
internal sealed class DaemonSlot : IDisposable
{
    /// <summary>Daemons a machine; as many as /20 networks fit into 198.18.0.0/15, the range set aside for benchmarks, which nobody routes.</summary>
    public const int MaxDaemons = 32;

    /// <summary>Sandboxes a daemon, with two addresses each.</summary>
    public const int MaxSandboxes = 2048;

    /// <summary>Root's locks; every user can walk to it.</summary>
    public const string RunDirectory = "/run/petrel";

    public const string AnyInterfacePrefix = "ptl";

    private const uint FirstUser = 1_200_000_000;
    private readonly int _lock;
    private int _disposed;

    private DaemonSlot(int number, int @lock, string name) => (Number, _lock, Name) = (number, @lock, name);

    public int Number { get; }

    /// <summary>Names its control groups and its sandboxes' outermost processes.</summary>
    public string Name { get; }

    public string InterfacePrefix => $"{AnyInterfacePrefix}{Number}s";

    public string Network => $"{Address(0)}/20";

    /// <summary>
    /// Numbers of daemons that no longer run, held while what they have left is removed: a killed daemon's number is not always the next
    /// one's. Their processes have been ended already.
    /// </summary>
    public IReadOnlyList<DaemonSlot> Abandoned { get; private set; } = [];

    /// <param name="privileged">Whether it is one of root's, or one of an ordinary user's.</param>
    public static DaemonSlot Acquire(bool privileged)
    {
        const int attempts = 20, pauseMs = 50; // another daemon may be cleaning up behind those that have ended
        var owner = privileged ? "petrel" : $"petrel-user{Libc.EffectiveUser()}";
        var directory = privileged ? RunDirectory : OwnDirectory(owner);
        Directory.CreateDirectory(directory);
        for (var attempt = 0; attempt < attempts; attempt++)
        {
            for (var number = 0; number < MaxDaemons; number++)
            {
                if (TryLock(directory, owner, number, create: true) is { } daemon)
                {
                    daemon.Abandoned = [.. Enumerable.Range(0, MaxDaemons).Where(n => n != number).Select(n => TryLock(directory, owner, n, create: false)).OfType<DaemonSlot>()];
                    EndProcesses(daemon.Abandoned.Append(daemon).Select(d => d.Name).ToHashSet(StringComparer.Ordinal));
                    return daemon;
                }
            }

            Libc.PauseThread(pauseMs);
        }

        throw new FunctionStartException("ServiceException", $"{MaxDaemons} daemons already run sandboxes on this machine");
    }

    /// <summary>Where only this user writes, if the session has such a folder.</summary>
    private static string OwnDirectory(string owner)
    {
        var own = $"/run/user/{Libc.EffectiveUser()}";
        return Path.Combine(Directory.Exists(own) ? own : Path.GetTempPath(), owner);
    }

    private static DaemonSlot? TryLock(string directory, string owner, int number, bool create)
    {
        const int readWrite = 2, createFlag = 0x40, closeOnExec = 0x80000, noFollow = 0x20000, exclusiveNow = 6;
        var fd = Libc.Open(Path.Combine(directory, $"{number}.lock"), readWrite | closeOnExec | noFollow | (create ? createFlag : 0), 0x180);
        if (fd < 0 && !create)
        {
            return null;
        }

        Libc.Check(fd, "lock file");
        if (Libc.Lock(fd, exclusiveNow) == 0)
        {
            return new DaemonSlot(number, fd, $"{owner}-{number}");
        }

        _ = Libc.Close(fd);
        return null;
    }

    /// <summary>Lets the numbers of others go, whose left-overs have been removed.</summary>
    public void ReleaseAbandoned()
    {
        foreach (var other in Abandoned)
        {
            other.Dispose();
        }

        Abandoned = [];
    }

    /// <summary>
    /// Ends sandboxes of killed daemons. They die with their daemon, but for those that were just being started;
    /// without control groups there is no other trace of them.
    /// </summary>
    private static void EndProcesses(HashSet<string> daemons)
    {
        foreach (var process in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(process), out var id) && FirstArgument(process) is { } name && daemons.Contains(name))
            {
                _ = Libc.Signal(id, Libc.SignalKill);
            }
        }
    }

    private static string? FirstArgument(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline")).Split('\0')[0];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public uint User(int sandbox) => FirstUser + (uint)((Number * MaxSandboxes) + sandbox);

    public string Interface(int sandbox) => $"{InterfacePrefix}{sandbox}";

    public IPAddress HostAddress(int sandbox) => Address(2 * sandbox);

    public IPAddress InsideAddress(int sandbox) => Address((2 * sandbox) + 1);

    private IPAddress Address(int offset)
    {
        var value = (198u << 24) + (18u << 16) + (uint)(Number << 12) + (uint)offset;
        return new IPAddress([(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value]);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            ReleaseAbandoned();
            _ = Libc.Close(_lock);
        }
    }
}
