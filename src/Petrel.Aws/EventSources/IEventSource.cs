namespace Petrel.Aws.EventSources;

/// <summary>
/// A kind of resource whose records event source mappings hand to functions: the side of such a resource that the poller engine sees,
/// in process. A stream has shards that are read after a position (<see cref="IEventStream"/>).
/// </summary>
public interface IEventSource
{
    /// <summary>What mappings of such a source may ask for, and what they do when they ask for nothing.</summary>
    EventSourceTraits Traits { get; }

    /// <summary>Whether an ARN is of this kind; says nothing about whether there is such a resource.</summary>
    bool Owns(string arn);

    /// <summary>Whether the resource is there.</summary>
    ValueTask<bool> ExistsAsync(string arn, CancellationToken cancellationToken);
}

/// <summary>A source whose records lie in shards, in order, until their retention ends.</summary>
public interface IEventStream : IEventSource
{
    /// <summary>The shards that are there, parents before their children; empty when there is no such stream.</summary>
    ValueTask<IReadOnlyList<EventShard>> ListShardsAsync(string arn, CancellationToken cancellationToken);

    /// <summary>The position after which a reader begins.</summary>
    ValueTask<ulong> FindStartAsync(string arn, string shardId, StreamStart start, CancellationToken cancellationToken);

    /// <summary>The records after a position, at once: an empty page when there are none yet.</summary>
    ValueTask<EventPage> ReadAsync(string arn, string shardId, ulong after, PageLimits limits, CancellationToken cancellationToken);

    /// <summary>Calls back when there may be something new to read. It may be lost, and never replaces asking again after a while.</summary>
    ValueTask<IDisposable> SubscribeAsync(string arn, Action wake, CancellationToken cancellationToken);
}

/// <summary>How much of a shard is read at once.</summary>
public readonly record struct PageLimits(int MaxRecords, int MaxBytes);

/// <param name="ParentId">The shard that must be read to its end before this one; null when there is none.</param>
public sealed record EventShard(string Id, string? ParentId = null);

/// <param name="Records">In order.</param>
/// <param name="Through">The position after which to go on; greater than the one asked even when records were passed over.</param>
/// <param name="AtEnd">The shard is closed and this is its end: nothing will ever come after it.</param>
public readonly record struct EventPage(IReadOnlyList<StreamEvent> Records, ulong Through, bool AtEnd);

/// <summary>A record as the function gets it.</summary>
/// <param name="Position">Grows within the shard.</param>
/// <param name="SequenceNumber">What the function names a record by that it could not process.</param>
/// <param name="PartitionKey">Records of one key are processed in order.</param>
/// <param name="Json">An element of the event's <c>Records</c>.</param>
public sealed record StreamEvent(ulong Position, string SequenceNumber, DateTimeOffset At, string PartitionKey, ReadOnlyMemory<byte> Json)
{
    /// <summary>What filter patterns are compared with, where that is not <see cref="Json"/>: data streams show their data decoded.</summary>
    public ReadOnlyMemory<byte>? FilterJson { get; init; }
}

/// <summary>Where a mapping begins to read.</summary>
public enum StartingPoint
{
    /// <summary>At the oldest record that is still there.</summary>
    TrimHorizon,

    /// <summary>After the newest record.</summary>
    Latest,

    /// <summary>At the first record of a time or later.</summary>
    AtTimestamp,
}

public readonly record struct StreamStart(StartingPoint Point, DateTimeOffset Timestamp = default);

/// <summary>What the mappings of a kind of source have and may ask for.</summary>
public sealed record EventSourceTraits
{
    /// <summary>Of the batch size.</summary>
    public required int DefaultBatchSize { get; init; }

    public int MaxBatchSize { get; init; } = 10_000;

    /// <summary>The values of <c>StartingPosition</c>; empty for a source that has no positions.</summary>
    public required IReadOnlyList<string> StartingPositions { get; init; }

    /// <summary>Whether it has shards: then retries, age, bisecting, parallelization and windows are the mapping's, else the source's own.</summary>
    public required bool IsStream { get; init; }

    /// <summary>What stands as <c>StateTransitionReason</c> of a change that a user made.</summary>
    public required string UserReason { get; init; }

    /// <summary>What the function's role must be allowed on the source: <c>dynamodb:GetRecords</c>.</summary>
    public required IReadOnlyList<string> RequiredActions { get; init; }

    /// <summary>The error when it is not, with <c>{0}</c> for the source's ARN.</summary>
    public required string AccessProblem { get; init; }

    /// <summary>The error when there is no such source, with <c>{0}</c> for its ARN.</summary>
    public required string MissingProblem { get; init; }

    /// <summary>The member of a failure's record that says which batch it was: <c>DDBStreamBatchInfo</c>.</summary>
    public required string BatchInfoMember { get; init; }

    /// <summary>How times are written in it.</summary>
    public required string BatchInfoTimeFormat { get; init; }

    /// <summary>How long a record stays in the source, where that is the same for all; a batch that still fails by then is given up.</summary>
    public TimeSpan? Retention { get; init; }
}
