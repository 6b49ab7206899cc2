namespace Petrel.Server.Services.Lambda.Model;

/// <summary>Lambda's quotas, as its documentation lists them.</summary>
internal static class Limits
{
    /// <summary>A package as it is uploaded in a request.</summary>
    public const long ZippedBytes = 52_428_800;

    /// <summary>A function's code with its layers, unpacked.</summary>
    public const long UnzippedBytes = 262_144_000;

    /// <summary>All packages of an account and region.</summary>
    public const long TotalCodeBytes = 80_530_636_800;

    /// <summary>Not Lambda's: more files than a package of 250 MB has, fewer than an unpacking could drown in.</summary>
    public const int PackageEntries = 100_000;

    public const int Layers = 5;
    public const int MemoryMb = 10_240;
    public const int TimeoutSeconds = 900;
    public const int EnvironmentBytes = 4_096;
    public const int Tags = 50;
    public const int TagKeyLength = 128;
    public const int TagValueLength = 256;
    public const int PolicyBytes = 20_480;

    /// <summary>Reservations leave this much of the account's concurrency to the functions without one.</summary>
    public const int UnreservedConcurrency = 100;

    public const int DefaultMemoryMb = 128;
    public const int DefaultTimeoutSeconds = 3;
    public const int DefaultEphemeralStorageMb = 512;
}
