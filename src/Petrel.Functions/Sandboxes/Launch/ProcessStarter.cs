using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Petrel.Functions.Sandboxes.Limits;
using Petrel.Functions.Sandboxes.Native;
using Petrel.Functions.Sandboxes.Network;

namespace Petrel.Functions.Sandboxes.Launch;

/// <summary>
/// Starts bubblewrap inside an enclosure. The starting thread itself becomes what the child shall be (in the sandbox's limits and network,
/// and its user), starts it, and changes back; nothing has to be done in the child, and nothing runs outside its limits.
/// Used on the launching thread only, which lives as long as the daemon: sandboxes die with it.
/// </summary>
internal sealed unsafe class ProcessStarter
{
    private const int CloseOnExec = 0x80000, Stream = 1, Unix = 1;
    private readonly string _bubblewrap;
    private readonly string _processName;
    private readonly byte[]? _filter;
    private readonly SandboxOptions _options;
    private readonly int _hostNetwork;
    private readonly int _null;

    /// <summary>The first program inside; null: the function's own is.</summary>
    public Stem? Stem { get; init; }

    /// <param name="processName">By which the outermost process of a sandbox is known as this daemon's.</param>
    /// <param name="filter">The seccomp program; null on an architecture without one.</param>
    /// <param name="hostNetwork">The host's network namespace; -1 when sandboxes make their own.</param>
    public ProcessStarter(string bubblewrap, string processName, byte[]? filter, int hostNetwork, SandboxOptions options)
    {
        (_bubblewrap, _processName, _filter, _hostNetwork, _options) = (bubblewrap, processName, filter, hostNetwork, options);
        _null = Libc.DuplicateHigh(Libc.Open("/dev/null", 2 | CloseOnExec, 0));
    }

    /// <param name="arguments">Bubblewrap's options, as <see cref="BubblewrapArguments"/> makes them; the program follows on its command line.</param>
    public StartedProcess Start(ProcessPlan spec, Enclosure enclosure, byte[] arguments)
    {
        enclosure.Limits?.Limit(spec.Limits(_options));
        enclosure.Network?.Grant(spec.Plan.Egress ?? spec.Function?.Egress ?? _options.UsualEgress);
        var listeners = enclosure.Network?.ListenAll(_hostNetwork, spec.Plan.Listen) ?? [];
        Descriptors ends = default;
        var pid = 0;
        try
        {
            ends = Open(spec, arguments);
            pid = Spawn(spec, enclosure, ref ends, listeners);
            var process = Libc.OpenProcess(pid);
            var frames = spec.Plan.FrameChannel ? new Socket(new SafeSocketHandle(ends.Frames, ownsHandle: true)) : null;
            return new StartedProcess(pid, process, ends.Output, ends.Error, frames, listeners) { Info = ends.Info };
        }
        catch
        {
            Abandon(pid, listeners.Values);
            CloseAll([ends.Output, ends.Error, ends.Frames, ends.Info]);
            throw;
        }
        finally
        {
            CloseAll([ends.ChildOutput, ends.ChildError, ends.ChildFrames, ends.ChildInfo, ends.Arguments, ends.Held, ends.Filter]);
        }
    }

    private static void Abandon(int pid, IEnumerable<Socket> listeners)
    {
        foreach (var listener in listeners)
        {
            listener.Dispose();
        }

        if (pid > 0)
        {
            _ = Libc.Signal(pid, Libc.SignalKill);
            _ = ChildProcess.Reap(pid);
        }
    }

    private Descriptors Open(ProcessPlan spec, byte[] arguments)
    {
        var result = default(Descriptors);
        (result.Output, result.ChildOutput) = Pipe();
        Libc.SetNonBlocking(result.Output);
        (result.Error, result.ChildError) = Pipe();
        Libc.SetNonBlocking(result.Error);
        if (spec.Plan.FrameChannel)
        {
            var pair = stackalloc int[2];
            Libc.Check(Libc.SocketPair(Unix, Stream | CloseOnExec, 0, pair), "socketpair");
            (result.Frames, result.ChildFrames) = (pair[0], High(pair[1]));
        }

        if (spec.Function is null)
        {
            (result.Info, result.ChildInfo) = Pipe();
        }

        result.Filter = _filter is null ? 0 : High(Libc.MemoryFile("filter", _filter));
        (result.Arguments, result.Held) = Filled(arguments);
        return result;
    }

    private int Spawn(ProcessPlan spec, Enclosure enclosure, ref Descriptors ends, Dictionary<IPEndPoint, Socket> listeners)
    {
        var limits = enclosure.Limits;
        var entered = limits?.EnterThread() ?? false;
        try
        {
            var adopting = entered ? null : limits;
            return enclosure.Network is null
                ? SpawnWaiting(spec, enclosure, ref ends, listeners)
                : Confined(SpawnAs(enclosure, Command(spec, limits is not null, waits: false), Given(ends, ends.ChildInfo, 0)), adopting, ref ends);
        }
        finally
        {
            limits?.LeaveThread();
        }
    }

    /// <summary>
    /// Sets what can be set only on a process that is there. Bubblewrap meanwhile waits for the end of its options, which this lets come, so
    /// that it has no child yet: whatever runs in the sandbox inherits all of it.
    /// </summary>
    private int Confined(int pid, IControlGroup? adopting, ref Descriptors ends)
    {
        try
        {
            adopting?.Adopt(pid);
            _ = Libc.Close(ends.Held);
            ends.Held = 0;
            return pid;
        }
        catch
        {
            Abandon(pid, []);
            throw;
        }
    }

    private void LowerLimits(int pid)
    {
        try
        {
            if (!_options.Without.HasFlag(Defences.OpenFiles))
            {
                ProcessLimits.Lower(pid, _options.OpenFileLimit);
            }
        }
        catch
        {
            Abandon(pid, []);
            throw;
        }
    }

    /// <summary>The sandbox waits before its program starts, until the daemon listens in the network that it has made itself.</summary>
    private int SpawnWaiting(ProcessPlan spec, Enclosure enclosure, ref Descriptors ends, Dictionary<IPEndPoint, Socket> listeners)
    {
        var (info, childInfo) = Pipe();
        var (childBlock, block) = Pipe();
        var pid = 0;
        try
        {
            pid = Confined(SpawnAs(enclosure, Command(spec, enclosure.Limits is not null, waits: true), Given(ends, childInfo, childBlock)), enclosure.Limits, ref ends);
            _ = Libc.Close(childInfo);
            childInfo = 0;
            if (ReadInner(info) is { } inner)
            {
                Borrow(spec, enclosure, inner, listeners);
            }

            byte go = 1;
            _ = Libc.Write(block, &go, 1);
            return pid;
        }
        catch
        {
            Abandon(pid, []);
            throw;
        }
        finally
        {
            CloseAll([info, childInfo, block, childBlock]);
        }
    }

    /// <summary>The process inside, from the JSON object that bubblewrap writes piece by piece; null when it failed before.</summary>
    public static int? ReadInner(int info)
    {
        var buffer = stackalloc byte[1024];
        for (var have = 0; have < 1024;)
        {
            var count = (int)Libc.Read(info, buffer + have, (nuint)(1024 - have));
            if (count <= 0)
            {
                return null;
            }

            have += count;
            if (new Span<byte>(buffer, have).Contains((byte)'}'))
            {
                using var document = JsonDocument.Parse(new Span<byte>(buffer, have).ToArray());
                return document.RootElement.GetProperty("child-pid").GetInt32();
            }
        }

        return null;
    }

    private void Borrow(ProcessPlan spec, Enclosure enclosure, int inner, Dictionary<IPEndPoint, Socket> listeners)
    {
        if (enclosure.Network is null && BorrowedListeners.Available)
        {
            foreach (var (endPoint, socket) in BorrowedListeners.Open(inner, [PlatformEndPoint(_options), .. spec.Plan.Listen]))
            {
                listeners.Add(endPoint, socket);
            }
        }
    }

    public static IPEndPoint PlatformEndPoint(SandboxOptions options) => new(IPAddress.Loopback, options.PlatformPort);

    private List<string> Command(ProcessPlan spec, bool limited, bool waits)
    {
        var command = new List<string> { _processName, "--args", Number(SandboxDescriptors.Arguments) };
        if (_filter is not null)
        {
            command.AddRange(["--seccomp", Number(SandboxDescriptors.Filter)]);
        }

        if (waits || spec.Function is null)
        {
            command.AddRange(["--info-fd", Number(SandboxDescriptors.Info)]);
        }

        if (waits)
        {
            command.AddRange(["--block-fd", Number(SandboxDescriptors.Block)]);
        }

        command.Add("--");
        if (!limited)
        {
            // Without control groups the memory is bounded by process; stacks of threads count as data too, and are mostly unused.
            // Processes are counted by user namespace when that is where they are bounded, so neighbours of the same user do not count.
            command.AddRange(["/usr/bin/prlimit", $"--data={(spec.MemoryMb + 512L) << 20}", $"--nproc={_options.ProcessLimit}", "--"]);
        }

        command.AddRange(CommandInside(spec.Plan));
        return command;

        static string Number(int value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    private IEnumerable<string> CommandInside(LaunchPlan plan) => (plan.Waits, Stem) switch
    {
        (true, { } stem) => stem.Wait(),
        (true, null) => throw new FunctionStartException("ServiceException", "Nothing can wait inside sandboxes: their first program was not compiled"),
        (false, { } stem) => stem.Run(plan.Command),
        (false, null) => plan.Command,
    };

    private int[] Given(Descriptors ends, int info, int block)
    {
        int[] given = [_null, ends.ChildOutput, ends.ChildError, ends.ChildFrames, ends.Arguments, ends.Filter, info, block];
        for (var i = 0; i < given.Length; i++)
        {
            given[i] = given[i] == 0 ? _null : given[i];
        }

        return given[..(info == 0 ? SandboxDescriptors.Info : block == 0 ? SandboxDescriptors.Block : given.Length)];
    }

    private int SpawnAs(Enclosure enclosure, List<string> command, int[] descriptors)
    {
        if (enclosure.Network is { } network && !_options.Without.HasFlag(Defences.NetworkNamespace))
        {
            Libc.Check(Libc.EnterNamespace(network.Fd, Libc.NewNetworkNamespace), "setns to the sandbox's network");
        }

        try
        {
            if (enclosure.User is { } user)
            {
                Libc.SetThreadUser(user, user, 0);
            }

            try
            {
                var pid = ChildProcess.Start(_bubblewrap, command, descriptors);
                LowerLimits(pid); // as the same user: root in a container may lack the right
                return pid;
            }
            finally
            {
                if (enclosure.User is not null)
                {
                    Libc.SetThreadUser(0, 0, 0);
                }
            }
        }
        finally
        {
            if (enclosure.Network is not null)
            {
                Libc.Check(Libc.EnterNamespace(_hostNetwork, Libc.NewNetworkNamespace), "setns to the host's network");
            }
        }
    }

    /// <summary>
    /// A pipe that holds some bytes, and ends when its write end is closed. Should bubblewrap leave the descriptor open for the function: of a pipe it finds the empty end,
    /// of a file it could read where the host keeps things.
    /// </summary>
    private static (int Read, int Write) Filled(byte[] bytes)
    {
        var (read, write) = Pipe();
        try
        {
            Libc.EnsurePipeHolds(write, bytes.Length);
            fixed (byte* start = bytes)
            {
                Libc.Check(Libc.Write(write, start, (nuint)bytes.Length) == bytes.Length ? 0 : -1, "write arguments");
            }

            return (read, write);
        }
        catch
        {
            _ = Libc.Close(read);
            _ = Libc.Close(write);
            throw;
        }
    }

    private static (int Read, int Write) Pipe()
    {
        var ends = stackalloc int[2];
        Libc.Check(Libc.Pipe(ends, CloseOnExec), "pipe");
        return (High(ends[0]), High(ends[1]));
    }

    private static int High(int fd)
    {
        if (fd >= 10)
        {
            return fd;
        }

        var copy = Libc.DuplicateHigh(fd);
        _ = Libc.Close(fd);
        return copy;
    }

    private static void CloseAll(ReadOnlySpan<int> descriptors)
    {
        foreach (var fd in descriptors)
        {
            if (fd != 0)
            {
                _ = Libc.Close(fd);
            }
        }
    }

    /// <summary>Zero is none: the daemon's own standard input is never one of these.</summary>
    private struct Descriptors
    {
        public int Output, ChildOutput, Error, ChildError, Frames, ChildFrames, Arguments, Held, Filter, Info, ChildInfo;
    }
}
