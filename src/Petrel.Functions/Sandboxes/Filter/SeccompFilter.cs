using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Petrel.Functions.Sandboxes.Filter;

/// <summary>
/// The filter program (classic BPF over <c>struct seccomp_data</c>) that lets only <see cref="SystemCalls.Allowed"/> through.
/// A call that is known but not allowed fails with EPERM, as without the right to it; an unknown one with ENOSYS, so that
/// libraries fall back; a call of a foreign architecture ends the process. The kernel caches calls whose answer depends on the number alone,
/// so the length of the list costs nothing.
/// </summary>
internal static class SeccompFilter
{
    private const ushort Load = 0x20, JumpEqual = 0x15, JumpGreater = 0x25, JumpGreaterOrEqual = 0x35, JumpBits = 0x45, Return = 0x06;
    private const uint Allow = 0x7fff0000, Kill = 0x80000000, Fail = 0x00050000;
    private const uint NotPermitted = Fail | 1, NotImplemented = Fail | 38, FamilyNotSupported = Fail | 97;

    /// <summary>Numbers above this are calls that this list's author did not know: ENOSYS rather than EPERM.</summary>
    private const uint LastKnown = 462;

    /// <summary>CLONE_NEW*: a function makes no namespaces.</summary>
    private const uint NamespaceFlags = 0x7e020000;

    private const int NumberOffset = 0, ArchitectureOffset = 4, FirstArgument = 16, SecondArgument = 24;

    public static bool Supports(Architecture architecture) => architecture is Architecture.X64 or Architecture.Arm64;

    public static byte[] Build(Architecture architecture)
    {
        var x64 = architecture == Architecture.X64;
        var program = new List<(ushort Code, byte IfTrue, byte IfFalse, uint Value)>
        {
            (Load, 0, 0, ArchitectureOffset),
            (JumpEqual, 1, 0, x64 ? 0xc000003e : 0xc00000b7),
            (Return, 0, 0, Kill),
            (Load, 0, 0, NumberOffset),
        };

        // The arguments' upper halves are not looked at: flags, families and requests are 32-bit in the kernel.
        Examine(program, x64 ? 56u : 220u, FirstArgument, [(JumpBits, NamespaceFlags, NotPermitted)], Allow);               // clone
        ExamineSocket(program, x64 ? 41u : 198u);
        Examine(program, x64 ? 16u : 29u, SecondArgument, [(JumpEqual, 0x5412, NotPermitted), (JumpEqual, 0x541c, NotPermitted)], Allow); // ioctl
        Examine(program, x64 ? 135u : 92u, FirstArgument, [(JumpEqual, 0, Allow), (JumpEqual, uint.MaxValue, Allow)], NotPermitted); // personality
        Answer(program, 435, NotImplemented); // clone3: its flags are in memory, where a filter cannot look; libraries fall back to clone
        Answer(program, 425, NotImplemented); // io_uring_setup
        Answer(program, x64 ? 206u : 0u, NotImplemented); // io_setup: its contexts are counted for the whole machine
        foreach (var (first, last) in Ranges(x64))
        {
            program.Add((JumpGreater, 2, 0, last));
            program.Add((JumpGreaterOrEqual, 0, 1, first));
            program.Add((Return, 0, 0, Allow));
        }

        program.Add((JumpGreater, 1, 0, LastKnown)); // also the x32 calls, whose numbers begin at 2^30
        program.Add((Return, 0, 0, NotPermitted));
        program.Add((Return, 0, 0, NotImplemented));
        return Encode(program);
    }

    /// <summary>
    /// Unix sockets (1); TCP and UDP over IPv4 (2) and IPv6 (10); of netlink (16) only routing, by which libraries list addresses. No raw
    /// packets, no virtual machine sockets, and no protocol for which the kernel would load a module that nobody else needs.
    /// </summary>
    private static void ExamineSocket(List<(ushort, byte, byte, uint)> program, uint number)
    {
        const int thirdArgument = 32;
        const uint protocolNotSupported = Fail | 93;
        (ushort, byte, byte, uint)[] body =
        [
            (Load, 0, 0, FirstArgument),
            (JumpEqual, 0, 1, 1), // unix
            (Return, 0, 0, Allow),
            (JumpEqual, 0, 4, 16), // netlink
            (Load, 0, 0, thirdArgument),
            (JumpEqual, 0, 1, 0), // route
            (Return, 0, 0, Allow),
            (Return, 0, 0, protocolNotSupported),
            (JumpEqual, 2, 0, 2), // IPv4
            (JumpEqual, 1, 0, 10), // IPv6
            (Return, 0, 0, FamilyNotSupported),
            (Load, 0, 0, thirdArgument),
            (JumpEqual, 2, 0, 0), // the type's own
            (JumpEqual, 1, 0, 6), // TCP
            (JumpEqual, 0, 1, 17), // UDP
            (Return, 0, 0, Allow),
            (Return, 0, 0, protocolNotSupported),
        ];
        program.Add((JumpEqual, 0, (byte)body.Length, number));
        program.AddRange(body);
    }

    /// <summary>A call whose answer depends on an argument.</summary>
    private static void Examine(
        List<(ushort, byte, byte, uint)> program, uint number, uint argument, IReadOnlyList<(ushort Test, uint Value, uint Answer)> rules, uint otherwise)
    {
        program.Add((JumpEqual, 0, (byte)(2 + (2 * rules.Count)), number));
        program.Add((Load, 0, 0, argument));
        foreach (var (test, value, answer) in rules)
        {
            program.Add((test, 0, 1, value));
            program.Add((Return, 0, 0, answer));
        }

        program.Add((Return, 0, 0, otherwise));
    }

    private static void Answer(List<(ushort, byte, byte, uint)> program, uint number, uint answer)
    {
        program.Add((JumpEqual, 0, 1, number));
        program.Add((Return, 0, 0, answer));
    }

    private static List<(uint First, uint Last)> Ranges(bool x64)
    {
        var ranges = new List<(uint First, uint Last)>();
        foreach (var number in SystemCalls.Allowed.Select(c => x64 ? c.X64 : c.Arm64).Where(n => n >= 0).Select(n => (uint)n).Distinct().Order())
        {
            if (ranges.Count > 0 && ranges[^1].Last + 1 == number)
            {
                ranges[^1] = (ranges[^1].First, number);
            }
            else
            {
                ranges.Add((number, number));
            }
        }

        return ranges;
    }

    private static byte[] Encode(List<(ushort Code, byte IfTrue, byte IfFalse, uint Value)> program)
    {
        var bytes = new byte[program.Count * 8];
        for (var i = 0; i < program.Count; i++)
        {
            var at = bytes.AsSpan(i * 8);
            BinaryPrimitives.WriteUInt16LittleEndian(at, program[i].Code);
            at[2] = program[i].IfTrue;
            at[3] = program[i].IfFalse;
            BinaryPrimitives.WriteUInt32LittleEndian(at[4..], program[i].Value);
        }

        return bytes;
    }
}
