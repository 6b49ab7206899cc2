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

    public const string AnyInterfacePrefix = "ptl";

    private const uint FirstUser = 1_200_000_000;
    private readonly int _lock;

    private DaemonSlot(int number, int @lock) => (Number, _lock) = (number, @lock);

    public int Number { get; }

    public string Name => $"petrel-{Number}";

    public string InterfacePrefix => $"{AnyInterfacePrefix}{Number}s";

    public string Network => $"{Address(0)}/20";

    public static DaemonSlot Acquire(string directory)
    {
        const int readWriteCreate = 0x42, closeOnExec = 0x80000, exclusiveNow = 6;
        Directory.CreateDirectory(directory);
        for (var number = 0; number < MaxDaemons; number++)
        {
            var fd = Libc.Open(Path.Combine(directory, $"{number}.lock"), readWriteCreate | closeOnExec, 0x180);
            Libc.Check(fd, "lock file");
            if (Libc.Lock(fd, exclusiveNow) == 0)
            {
                return new DaemonSlot(number, fd);
            }

            _ = Libc.Close(fd);
        }

        throw new FunctionStartException("ServiceException", $"{MaxDaemons} daemons already run sandboxes on this machine");
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

    public void Dispose() => _ = Libc.Close(_lock);
}
