using Petrel.Functions.Sandboxes.Launch;

namespace Petrel.Functions.Sandboxes.Limits;

/// <summary>The control groups of this machine, of either version.</summary>
internal interface IControlGroups
{
    int Version { get; }

    IControlGroup Create(string name);

    /// <summary>Bounds all sandboxes together, so that something is left for the host whatever each of them was promised.</summary>
    void Bound(long memoryBytes, int processes);

    /// <summary>Ends and removes what a killed daemon with the same number has left.</summary>
    void CleanUp();

    /// <summary>Removes the daemon's own folders; its sandboxes have been removed before.</summary>
    void Remove();
}

/// <summary>The limits of one sandbox.</summary>
internal interface IControlGroup
{
    void Limit(ResourceLimits limits);

    /// <summary>Puts the calling thread in, so that the child it starts is inside from its first instruction; false where only processes can be moved.</summary>
    bool EnterThread();

    void LeaveThread();

    /// <summary>What a process that has them open writes 0 to, to be inside from then on.</summary>
    IReadOnlyList<string> Entrances { get; }

    /// <summary>The processes inside, by the host's numbers.</summary>
    IReadOnlyList<int> Processes { get; }

    /// <summary>Moves processes that have been started outside.</summary>
    void Adopt(int processId);

    long PeakMemoryBytes { get; }

    /// <summary>What is in use at this moment, files in /tmp included.</summary>
    long MemoryBytes { get; }

    /// <summary>Processor time of everything inside; null where the kernel does not count it.</summary>
    TimeSpan? CpuTime { get; }

    bool CanFreeze { get; }

    /// <summary>Stops everything inside where it is. Version 1 ends what is killed only when it thaws, version 2 at once.</summary>
    void Freeze();

    void Thaw();

    /// <summary>Whether the kernel has killed a process in it for want of memory.</summary>
    bool KilledForMemory { get; }

    /// <summary>Readable, with <see cref="CgroupFile.ClearEvent"/>, when memory has grown so far that it must be looked at; belongs to the group.</summary>
    int Alarm { get; }

    /// <summary>Looks at the memory, and sets the alarm anew. Slow: the kernel may wait for all processors.</summary>
    /// <returns>Whether the processes use more than the limit; what is in /tmp does not count.</returns>
    bool CheckMemory();

    /// <summary>Kills what is inside, and removes it; false while something still is.</summary>
    bool TryRemove();
}

/// <param name="MemoryBytes">What the processes may use.</param>
/// <param name="FileBytes">What they may store in /tmp, which is memory too, beside it.</param>
/// <param name="CpuWeight">The share of the processors under contention, as memory: 1 for each MB.</param>
/// <param name="SocketBytes">What waits in their sockets; null for what the machine has.</param>
internal readonly record struct ResourceLimits(long MemoryBytes, long FileBytes, int CpuWeight, int Processes, long? SocketBytes = null)
{
    private const long Unlimited = 1L << 40;

    public static ResourceLimits Of(FunctionSpec function, SandboxOptions options) =>
        Of((long)function.MemoryMb << 20, (long)function.EphemeralStorageMb << 20, options);

    public static ResourceLimits Of(long memoryBytes, long fileBytes, SandboxOptions options) => new(
        options.Without.HasFlag(Defences.MemoryLimit) ? Unlimited : memoryBytes,
        fileBytes,
        options.Without.HasFlag(Defences.ProcessorShare) ? 1 << 18 : (int)(memoryBytes >> 20),
        options.Without.HasFlag(Defences.ProcessLimit) ? 1 << 20 : options.ProcessLimit,
        options.Without.HasFlag(Defences.SocketMemory) ? null : Math.Max(memoryBytes / 4, 32 << 20));
}
