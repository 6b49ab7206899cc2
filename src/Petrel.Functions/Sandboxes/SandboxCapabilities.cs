namespace Petrel.Functions.Sandboxes;

/// <summary>What this machine lets sandboxes enforce; <c>petrel doctor</c> prints it.</summary>
/// <param name="Bubblewrap">The launcher's program and version; null when it is not installed, and nothing runs.</param>
/// <param name="Cgroups">0 without cgroups (process limits only), else the version that is used: 1 or 2.</param>
/// <param name="DistinctUsers">Whether every sandbox runs as a user of its own.</param>
/// <param name="Network">How far a sandbox's network reaches.</param>
/// <param name="Seccomp">Whether system calls are filtered.</param>
/// <param name="Landlock">The version of Landlock that is applied inside; 0: none.</param>
/// <param name="Problems">For people: what is reduced, why, and how to change that.</param>
public sealed record SandboxCapabilities(
    bool Root, string? Bubblewrap, int Cgroups, bool DistinctUsers, SandboxNetwork Network, bool Seccomp, int Landlock, IReadOnlyList<string> Problems)
{
    /// <summary>Whether a sandbox can wait for what is to be started in it.</summary>
    public bool CanWait { get; init; }
}

/// <summary>How far a sandbox's network reaches.</summary>
public enum SandboxNetwork
{
    /// <summary>Its own loopback only.</summary>
    None,

    /// <summary>The platform at its own localhost.</summary>
    Platform,

    /// <summary>The platform, and the outside without private and neighbouring ranges.</summary>
    Outside,
}
