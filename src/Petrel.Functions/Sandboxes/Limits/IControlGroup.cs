namespace Petrel.Functions.Sandboxes.Limits;

/// <summary>The control groups of this machine, of either version.</summary>
internal interface IControlGroups
{
    int Version { get; }

    IControlGroup Create(string name);

    /// <summary>Ends and removes what a killed daemon with the same number has left.</summary>
    void CleanUp();
}

/// <summary>The limits of one sandbox.</summary>
internal interface IControlGroup
{
    void Limit(ResourceLimits limits);

    /// <summary>Puts the calling thread in, so that the child it starts is inside from its first instruction; false where only processes can be moved.</summary>
    bool EnterThread();

    void LeaveThread();

    /// <summary>Moves processes that have been started outside.</summary>
    void Adopt(int processId);

    long PeakMemoryBytes { get; }

    /// <summary>Whether the memory limit has killed a process in it.</summary>
    bool OutOfMemory { get; }

    /// <summary>Kills what is inside, and removes it; false while something still is.</summary>
    bool TryRemove();
}

/// <param name="CpuWeight">The share of the processors under contention, as memory: 1 for each MB.</param>
internal readonly record struct ResourceLimits(long MemoryBytes, int CpuWeight, int Processes);
