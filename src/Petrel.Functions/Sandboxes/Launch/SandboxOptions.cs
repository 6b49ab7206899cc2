namespace Petrel.Functions.Sandboxes.Launch;

/// <summary>How sandboxes are made on this machine.</summary>
public sealed record SandboxOptions
{
    /// <summary>Where merged layers and the sandboxes' /etc are kept; made when it is not there.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>How many enclosures (network namespace, limits, user) are kept ready. One costs about 50 KB of kernel memory.</summary>
    public int PreparedEnclosures { get; init; } = 8;

    /// <summary>Processes and threads of one sandbox; Lambda's own limit is 1,024.</summary>
    public int ProcessLimit { get; init; } = 1024;

    /// <summary>Open files of one process; Lambda's own limit is 1,024.</summary>
    public int OpenFileLimit { get; init; } = 1024;

    /// <summary>Memory that all sandboxes together can take, whatever they were promised; the rest stays the host's. Null: most of the machine's.</summary>
    public long? AllMemoryBytes { get; init; }

    /// <summary>Whether root's rights are used when the daemon has them; off, sandboxes are made as an ordinary user's daemon makes them.</summary>
    public bool Privileged { get; init; } = true;

    /// <summary>The first program inside sandboxes, as it was compiled; null or not there: sandboxes are made without it.</summary>
    public string? Stem { get; init; } = Path.Combine(AppContext.BaseDirectory, "native", "stem");

    /// <summary>Whether sandboxes reach the outside where the machine can give it to them safely.</summary>
    public bool Outside { get; init; } = true;

    /// <summary>
    /// Where most functions may connect to. It is in force for waiting sandboxes, in which only the runtime's own code runs, so that becoming such
    /// a function changes nothing.
    /// </summary>
    public FunctionEgress UsualEgress { get; init; } = FunctionEgress.Outside;

    /// <summary>The platform's port at the sandbox's own localhost.</summary>
    public int PlatformPort { get; init; } = 4566;

    /// <summary>Defences that are left out, so that the tests of hostile functions can prove that each of them bites. No setting reaches it.</summary>
    internal Defences Without { get; init; }
}

/// <summary>What stands between a function and the host, one by one.</summary>
[Flags]
internal enum Defences
{
    None = 0,
    SystemCallFilter = 1,
    Capabilities = 1 << 1,
    ProcessLimit = 1 << 2,
    MemoryLimit = 1 << 3,
    TmpSize = 1 << 4,
    OpenFiles = 1 << 5,
    Firewall = 1 << 6,
    NetworkNamespace = 1 << 7,
    ProcessNamespace = 1 << 8,
    IpcNamespace = 1 << 9,
    DistinctUser = 1 << 10,
    ReadOnlyCode = 1 << 11,
    MaskedProc = 1 << 12,
    OutputRate = 1 << 13,
    ProcessorShare = 1 << 14,
    HiddenTerminals = 1 << 15,
    SocketMemory = 1 << 16,
    FlowLimit = 1 << 17,
    Landlock = 1 << 18,
    AcceptRate = 1 << 19,
}
