using System.Net;
using System.Net.Sockets;

namespace Petrel.Functions.Sandboxes;

/// <summary>Makes sandboxes. Everything that can be prepared (network namespaces, limits) is ready before it is asked.</summary>
public interface ISandboxLauncher
{
    /// <summary>Starts a process in a sandbox of its own. Throws <see cref="FunctionStartException"/> when the machine cannot.</summary>
    Task<ISandbox> LaunchAsync(SandboxSpec spec, CancellationToken cancellationToken = default);

    /// <summary>Starts a process in a sandbox that becomes a function's later.</summary>
    Task<IBlankSandbox> LaunchBlankAsync(BlankSpec spec, CancellationToken cancellationToken = default) =>
        throw new FunctionStartException("ServiceException", "Sandboxes of this kind cannot become a function's later");

    /// <summary>What this machine lets the launcher enforce.</summary>
    SandboxCapabilities Capabilities { get; }
}

/// <summary>What runs in a sandbox, and what it sees.</summary>
public sealed record SandboxSpec
{
    /// <summary>The instance's id; names its limits and its connections to the platform.</summary>
    public required string InstanceId { get; init; }

    /// <summary>The function: its code becomes /var/task, its layers /opt, its sizes the limits.</summary>
    public required FunctionSpec Function { get; init; }

    /// <summary>How the runtime is started.</summary>
    public required LaunchPlan Plan { get; init; }

    /// <summary>The whole environment of the process; nothing is inherited. The launcher adds <c>PETREL_FD</c> when there is a frame channel.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>Takes what the process prints.</summary>
    public required ISandboxOutput Output { get; init; }

    /// <summary>Takes how long the parts of the start lasted.</summary>
    public StartLaps? Laps { get; init; }
}

/// <summary>How a runtime is started; made by its adapter.</summary>
public sealed record LaunchPlan
{
    /// <summary>Program (a path inside the sandbox) and arguments.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>Variables that the runtime's process itself needs (<c>NODE_PATH</c>, <c>AWS_LAMBDA_RUNTIME_API</c>…); the function's own win.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = System.Collections.Frozen.FrozenDictionary<string, string>.Empty;

    /// <summary>
    /// The process gets <see cref="Environment"/> alone. The function's variables come with its assignment, so that none of them (a library
    /// to load first, a hook of the runtime) acts on the process itself.
    /// </summary>
    public bool OwnEnvironment { get; init; }

    /// <summary>Where the sandbox may connect to, whatever the function's own policy is; null leaves that to it.</summary>
    public FunctionEgress? Egress { get; init; }

    /// <summary>What the sandbox sees beside the system's /usr, /lib and /bin, the code and the layers: bootstraps, an interpreter that is installed elsewhere.</summary>
    public IReadOnlyList<SandboxMount> Mounts { get; init; } = [];

    /// <summary>A folder of the host that takes the place of the system's files and the code: an image's. Null: the system's.</summary>
    public string? RootDirectory { get; init; }

    /// <summary>Where the process starts.</summary>
    public string WorkingDirectory { get; init; } = "/var/task";

    /// <summary>A folder of the host that is shown at <see cref="ModulesPath"/>: what was made of the function's modules before; null when there is none.</summary>
    public string? Modules { get; init; }

    public const string ModulesPath = "/var/rapid/modules";

    /// <summary>Whether the process gets a frame socket, whose number stands in <c>PETREL_FD</c>.</summary>
    public bool FrameChannel { get; init; }

    /// <summary>
    /// Whether the sandbox's first program waits to be told over the frame channel what it becomes (<c>Become</c>); the command is empty then.
    /// </summary>
    public bool Waits { get; init; }

    /// <summary>Addresses inside the sandbox on which the daemon listens before the process starts: the Runtime API's 127.0.0.1:9001.</summary>
    public IReadOnlyList<IPEndPoint> Listen { get; init; } = [];
}

/// <summary>A file or folder of the host, read-only inside.</summary>
public sealed record SandboxMount(string HostPath, string SandboxPath);

/// <summary>Takes output. Calls never overlap: they come from the launcher's reading thread, or from <see cref="ISandbox.DrainOutput"/>.</summary>
public interface ISandboxOutput
{
    /// <summary>Some bytes, not necessarily whole lines; valid during the call only.</summary>
    void Write(ReadOnlySpan<byte> bytes, bool isError);
}

/// <summary>A running sandbox. Disposing kills what still runs and gives everything back; it is never on an answer's path.</summary>
public interface ISandbox : IAsyncDisposable
{
    string InstanceId { get; }

    /// <summary>The host's number of the sandbox's outermost process.</summary>
    int ProcessId { get; }

    /// <summary>Completes when the process has ended and its output has been read to the end.</summary>
    Task<SandboxExit> Exited { get; }

    /// <summary>The daemon's end of the frame socket; null without <see cref="LaunchPlan.FrameChannel"/>. Owned by the sandbox.</summary>
    Socket? Frames { get; }

    /// <summary>Lets go of the frame socket, for a process that does not have it.</summary>
    void DropFrames();

    /// <summary>The listening socket for one of <see cref="LaunchPlan.Listen"/>. Owned by the sandbox.</summary>
    Socket Listener(IPEndPoint endPoint);

    /// <summary>A TCP socket that is in the sandbox's network and not connected yet, so that it reaches what listens inside. Owned by the caller.</summary>
    /// <exception cref="FunctionStartException">The daemon cannot make one on this machine.</exception>
    ValueTask<Socket> OpenSocketAsync(AddressFamily family);

    /// <summary>Hands everything that has been printed until now to the output, on the caller's thread.</summary>
    void DrainOutput();

    /// <summary>The most memory that was in use at a time, in bytes; 0 where it is not measured.</summary>
    long PeakMemoryBytes { get; }

    /// <summary>What its processes and files use at this moment, in bytes; 0 where it is not measured.</summary>
    long MemoryBytes => 0;

    /// <summary>Processor time that its processes have used; null where it is not measured.</summary>
    TimeSpan? CpuTime => null;

    /// <summary>Stops everything in it where it is, until <see cref="Thaw"/>; it can be killed meanwhile. Calls of both are in turn.</summary>
    /// <returns>False where the machine cannot (no control groups): then it goes on.</returns>
    bool Freeze() => false;

    void Thaw()
    {
        // What was not frozen runs.
    }

    /// <summary>Ends every process in it at once.</summary>
    void Kill();
}

/// <summary>How the process ended. A signal is reported by its number, and by 128 + number as the code.</summary>
/// <param name="OutOfMemory">The memory limit killed a process of the sandbox.</param>
public sealed record SandboxExit(int Code, int? Signal, bool OutOfMemory);
