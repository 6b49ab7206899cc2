using System.Net.Sockets;

namespace Petrel.Functions.Sandboxes;

/// <summary>What runs in a sandbox that is no function's yet.</summary>
public sealed record BlankSpec
{
    /// <summary>How the runtime is started. It needs a frame channel, on which it says that it waits, and is told what it becomes.</summary>
    public required LaunchPlan Plan { get; init; }

    /// <summary>The whole environment of the process. It must hold nothing of any function.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>The memory size of the functions that it is for, where that has to be known at the start.</summary>
    public int MemoryMb { get; init; } = 128;

    /// <summary>The size of /tmp until it is assigned, and for good on machines that cannot change it.</summary>
    public int EphemeralStorageMb { get; init; } = 512;
}

/// <summary>What a blank sandbox becomes.</summary>
public sealed record SandboxAssignment
{
    /// <summary>The instance's id; names its connections to the platform.</summary>
    public required string InstanceId { get; init; }

    /// <summary>The function: its code becomes /var/task, its layers /opt, its sizes the limits.</summary>
    public required FunctionSpec Function { get; init; }

    /// <summary>Takes what the process prints from now on.</summary>
    public required ISandboxOutput Output { get; init; }

    /// <summary>As <see cref="LaunchPlan.Modules"/>.</summary>
    public string? Modules { get; init; }
}

/// <summary>
/// A sandbox whose process waits for a function. Until it is assigned, /var/task and /opt are empty, connections to the platform are closed
/// as they come, output is dropped, and it has the least share of the processors. Disposing ends it, unless it has become an <see cref="ISandbox"/>.
/// </summary>
public interface IBlankSandbox : IAsyncDisposable
{
    /// <summary>The host's number of the sandbox's outermost process.</summary>
    int ProcessId { get; }

    Task<SandboxExit> Exited { get; }

    /// <summary>The daemon's end of the frame socket.</summary>
    Socket Frames { get; }

    /// <summary>What its processes use of their own; 0 where it is not measured.</summary>
    long MemoryBytes { get; }

    /// <summary>Processor time that its start has taken; null where it is not measured.</summary>
    TimeSpan? CpuTime { get; }

    /// <summary>The last of what it has printed, to tell why it does not start.</summary>
    string Said { get; }

    /// <summary>Gets hold of what assignment needs. To be called once the process waits, and off the path of a request.</summary>
    void Prepare();

    /// <summary>
    /// Makes it a function's: code and layers are there, limits and identity in force, output goes to its log when the call returns.
    /// What the process itself has to know (variables, the handler) is told over <see cref="Frames"/> afterwards.
    /// </summary>
    /// <returns>The same sandbox, which the caller disposes from now on. When the call throws, the blank one is still to be disposed.</returns>
    /// <exception cref="FunctionStartException">It cannot become this function; another start may succeed.</exception>
    Task<ISandbox> AssignAsync(SandboxAssignment assignment);
}
