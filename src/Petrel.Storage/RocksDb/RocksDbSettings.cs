namespace Petrel.Storage.RocksDb;

/// <summary>Sizes of the RocksDB engine. They are part of the daemon's memory budget, so that the defaults are modest.</summary>
public sealed record RocksDbSettings
{
    public required string Path { get; init; }

    /// <summary>Blocks, indexes and filters that are kept in memory.</summary>
    public int BlockCacheBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>Writes that wait in memory for their way into a sorted file, over all column families.</summary>
    public int WriteBufferBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>Free space below which writes are refused, well before RocksDB itself would fail in the middle of one.</summary>
    public long ReserveBytes { get; init; } = 128L * 1024 * 1024;

    /// <summary>Transactions that may wait for the lane: half a second of its work.</summary>
    public int MaxWaiting { get; init; } = 32_768;

    /// <summary>Transactions of one synced group, so that the first does not wait long for the last.</summary>
    public int MaxGroup { get; init; } = 1_024;

    /// <summary>How long after a failed commit, or a failed attempt, the database is opened again.</summary>
    public TimeSpan RecoverEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Bytes of free space on the disk of a path; a test replaces it.</summary>
    public Func<string, long> FreeSpace { get; init; } = static path => new DriveInfo(path).AvailableFreeSpace;
}
