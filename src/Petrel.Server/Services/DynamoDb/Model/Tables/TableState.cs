using System.Text.Json.Serialization;
using Petrel.Storage;

namespace Petrel.Server.Services.DynamoDb.Model.Tables;

/// <summary>A table's record: everything about it but its items. Replaced as a whole; each change raises <see cref="Version"/>.</summary>
internal sealed record TableState
{
    public required string Account { get; init; }

    public required string Region { get; init; }

    public required string Name { get; init; }

    /// <summary>Its items' keys begin with it; a table that is made anew under the same name has another.</summary>
    public required ulong Id { get; init; }

    /// <summary>The id that clients see.</summary>
    public required Guid TableId { get; init; }

    public long Version { get; init; }

    public required ResourceStatus Status { get; init; }

    /// <summary>Milliseconds since 1970.</summary>
    public required long CreatedAt { get; init; }

    public required KeySchema Keys { get; init; }

    public IReadOnlyList<IndexState> Indexes { get; init; } = [];

    /// <summary>Null for a table that is paid by request.</summary>
    public ThroughputState? Throughput { get; init; }

    /// <summary>When it was made a table that is paid by request, at most the last few times; the latest last.</summary>
    public IReadOnlyList<long> OnDemandSwitches { get; init; } = [];

    /// <summary>It says what it is paid by, as tables do that were ever paid by request.</summary>
    public bool ShowsBilling { get; init; }

    public OnDemandState? OnDemand { get; init; }

    public StreamState? Stream { get; init; }

    public TimeToLiveState? TimeToLive { get; init; }

    public PointInTimeState? PointInTime { get; init; }

    /// <summary>Logs of backups that are being written; each gets every change beside that of <see cref="PointInTime"/>.</summary>
    public IReadOnlyList<ulong> BackupLogs { get; init; } = [];

    /// <summary>Jobs that read this table, for a backup or another table: until they have ended it stays.</summary>
    public IReadOnlyList<ulong> Readers { get; init; } = [];

    public RestoreState? Restore { get; init; }

    public bool DeletionProtected { get; init; }

    /// <summary><c>STANDARD_INFREQUENT_ACCESS</c>, or null for the standard class, where none was ever given.</summary>
    public string? Class { get; init; }

    public long? ClassChangedAt { get; init; }

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>The resource policy (JSON) and its revision.</summary>
    public PolicyState? Policy { get; init; }

    [JsonIgnore]
    public TableKey Key => new(Account, Region, Name);

    [JsonIgnore]
    public string Arn => Key.Arn;

    [JsonIgnore]
    public bool IsOnDemand => Throughput is null;

    /// <summary>Items can be read and written.</summary>
    [JsonIgnore]
    public bool IsUsable => Status is ResourceStatus.Active or ResourceStatus.Updating;

    public IndexState? FindIndex(string name)
    {
        foreach (var index in Indexes)
        {
            if (index.Name == name)
            {
                return index;
            }
        }

        return null;
    }

    /// <summary>The same with one index replaced by name, or removed when <paramref name="changed"/> is null.</summary>
    public TableState WithIndex(string name, IndexState? changed) => this with
    {
        Indexes = changed is null
            ? [.. Indexes.Where(i => i.Name != name)]
            : [.. Indexes.Select(i => i.Name == name ? changed : i)],
    };
}

/// <summary>The stream of a table. One that is switched off keeps its log for a day and is in no record of a table.</summary>
/// <param name="LogId">Of the <see cref="EventLog"/>, with <paramref name="Shards"/> shards.</param>
/// <param name="Label">The part of its ARN after <c>/stream/</c>, and when it was made.</param>
/// <param name="View"><c>NEW_IMAGE</c>, <c>OLD_IMAGE</c>, <c>NEW_AND_OLD_IMAGES</c> or <c>KEYS_ONLY</c>.</param>
internal sealed record StreamState(ulong LogId, int Shards, string Label, string View)
{
    [JsonIgnore]
    public EventLogId Log => new(LogId, Shards);
}

/// <summary>Expiry of items by an attribute that holds seconds since 1970.</summary>
/// <param name="RowsId">The rows of expiry begin with it: expiry that is enabled again begins with none.</param>
/// <param name="Filling">Items of before it was enabled are being looked through.</param>
internal sealed record TimeToLiveState(string Attribute, ulong RowsId, bool Filling);

/// <summary>Every change is kept, so that the table can be restored to any moment since <paramref name="EnabledAt"/>.</summary>
/// <param name="LogId">Of the log of old images.</param>
/// <param name="EnabledAt">Milliseconds since 1970.</param>
internal sealed record PointInTimeState(ulong LogId, long EnabledAt, int RecoveryDays)
{
    public const int MaxDays = 35;

    /// <summary>The oldest moment that the table can be restored to.</summary>
    public long Earliest(DateTimeOffset now) => Math.Max(EnabledAt, now.AddDays(-RecoveryDays).ToUnixTimeMilliseconds());
}

/// <summary>Where a restored table came from.</summary>
/// <param name="At">The moment that it shows; milliseconds since 1970.</param>
internal sealed record RestoreState(string SourceTableArn, string? SourceBackupArn, long At, bool InProgress);

/// <summary>A resource policy.</summary>
internal sealed record PolicyState(string Document, string Revision);
