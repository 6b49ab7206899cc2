using System.Text.Json.Serialization;

namespace Petrel.Server.Services.Lambda.Model;

/// <summary>An event source mapping as it is stored.</summary>
internal sealed record MappingRecord
{
    /// <summary>Its checkpoints and failures begin with it.</summary>
    public required ulong Id { get; init; }

    public required string Uuid { get; init; }

    public required FunctionKey Function { get; init; }

    /// <summary>As it was given; null for none.</summary>
    public string? Qualifier { get; init; }

    public required string SourceArn { get; init; }

    /// <summary><c>TRIM_HORIZON</c>, <c>LATEST</c> or <c>AT_TIMESTAMP</c>; null for a source without positions.</summary>
    public string? StartingPosition { get; init; }

    public DateTimeOffset? StartingTimestamp { get; init; }

    public required MappingSettings Settings { get; init; }

    public required bool Enabled { get; init; }

    /// <summary>One of <see cref="MappingStates"/>.</summary>
    public required string State { get; init; }

    public required string Reason { get; init; }

    public required DateTimeOffset LastModified { get; init; }

    /// <summary>Differs after every change that a user made.</summary>
    public required ulong Version { get; init; }

    public Dictionary<string, string> Tags { get; init; } = [];

    [JsonIgnore]
    public MappingKey Key => new(Function.Account, Function.Region, Uuid);

    [JsonIgnore]
    public string FunctionArn => Function.QualifiedArn(Qualifier);
}

/// <summary>Which mapping: its UUID within an account and region.</summary>
internal readonly record struct MappingKey(string Account, string Region, string Uuid)
{
    public string Arn => $"arn:aws:lambda:{Region}:{Account}:event-source-mapping:{Uuid}";
}

/// <summary>What a mapping does with batches.</summary>
/// <param name="Filters">Patterns of which one must match; empty to let everything through.</param>
/// <param name="MaxAgeSeconds">-1 for as long as the source keeps a record.</param>
/// <param name="MaxRetries">-1 for as long as the source keeps a record.</param>
internal sealed record MappingSettings(
    int BatchSize,
    int WindowSeconds,
    int Parallelization,
    string[] Filters,
    int MaxAgeSeconds,
    int MaxRetries,
    bool Bisects,
    int TumblingSeconds,
    bool ReportsItemFailures);

/// <summary>The states of a mapping, as answers name them.</summary>
internal static class MappingStates
{
    public const string Creating = "Creating";
    public const string Enabling = "Enabling";
    public const string Enabled = "Enabled";
    public const string Disabling = "Disabling";
    public const string Disabled = "Disabled";
    public const string Updating = "Updating";
    public const string Deleting = "Deleting";

    /// <summary>In which a mapping stays until somebody changes it.</summary>
    public static bool IsSettled(string state) => state is Enabled or Disabled;
}

/// <summary>How far a mapping has come in one shard.</summary>
/// <param name="Marks">Of each lane: everything of it up to here is done. A record's lane is told by its partition key.</param>
/// <param name="Earlier">Marks of another number of lanes, as long as they say more than <paramref name="Marks"/>.</param>
/// <param name="Result">What came of the last batch; null before the first.</param>
/// <param name="Ended">The shard was closed and all of it is done.</param>
internal sealed record ShardCheckpoint(
    ulong[] Marks,
    ulong[][]? Earlier = null,
    string? Result = null,
    DateTimeOffset? ResultAt = null,
    bool Ended = false);

/// <summary>What functions have aggregated so far in a tumbling window.</summary>
/// <param name="State">JSON, as the function answered it.</param>
/// <param name="Oversized">The state is larger than it may be: the window ends now.</param>
internal sealed record WindowState(DateTimeOffset Start, string State, bool Oversized = false);

/// <summary>A batch that was given up. What the function was sent lies beside it, so that it can be sent again.</summary>
/// <param name="Record">The documented record of it, as JSON.</param>
/// <param name="Error">What the function said, in short.</param>
internal sealed record MappingFailure(
    string Id,
    DateTimeOffset At,
    string Condition,
    string ShardId,
    int Records,
    string RequestId,
    string? Error,
    string Record,
    int PayloadBytes,
    int Redrives = 0);
