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

    /// <summary>Whether root's rights are used when the daemon has them; off, sandboxes are made as an ordinary user's daemon makes them.</summary>
    public bool Privileged { get; init; } = true;

    /// <summary>The first program inside sandboxes, as it was compiled; null or not there: sandboxes are made without it.</summary>
    public string? Stem { get; init; } = Path.Combine(AppContext.BaseDirectory, "native", "stem");

    /// <summary>Whether it applies Landlock where the kernel has it.</summary>
    public bool Landlock { get; init; } = true;

    /// <summary>Whether sandboxes reach the outside where the machine can give it to them safely.</summary>
    public bool Outside { get; init; } = true;

    /// <summary>The platform's port at the sandbox's own localhost.</summary>
    public int PlatformPort { get; init; } = 4566;
}
