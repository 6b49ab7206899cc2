namespace Petrel.Server.Services.Lambda.EventSources;

/// <summary>
/// The memory that records of all mappings may have together. Over it, each shard still reads a little, so that none stands still.
/// </summary>
internal sealed class BufferBudget
{
    private const long MaxBytes = 512L * 1024 * 1024;

    /// <summary>Of one shard: a whole batch, and the next one behind it.</summary>
    private const long PerShard = 13L * 1024 * 1024;

    private long _used;

    public void Add(long bytes)
    {
        Interlocked.Add(ref _used, bytes);
        MappingMetrics.Buffered.Add(bytes);
    }

    /// <summary>Whether a shard that holds so much may read more.</summary>
    public bool Allows(long held) => held == 0 || (held < PerShard && Interlocked.Read(ref _used) < MaxBytes);
}
