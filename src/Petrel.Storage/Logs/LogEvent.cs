namespace Petrel.Storage;

/// <summary>A log: an id that its owner chose, and its shards. The number of shards never changes for an id.</summary>
public readonly record struct EventLogId(ulong Id, int Shards);

/// <summary>How much of a log is read at once.</summary>
public readonly record struct PageSize(int MaxEntries, int MaxBytes);

/// <summary>An entry of a log.</summary>
/// <param name="Key">What it is about; entries of one key are in order.</param>
public sealed record LogEvent(LogPosition Position, DateTimeOffset At, string Key, ReadOnlyMemory<byte> Value);
