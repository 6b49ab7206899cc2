using System.Text.Json.Serialization;
using Petrel.Server.Services.DynamoDb.Model.Tables;

namespace Petrel.Server.Services.DynamoDb.Model.Backups;

internal enum JobKind
{
    /// <summary>Adds the items that are there to a new index.</summary>
    FillIndex,

    /// <summary>Adds the items that are there to the rows of expiry.</summary>
    FillExpiry,

    /// <summary>Removes rows that belong to nobody any more.</summary>
    Purge,

    /// <summary>Copies items to a backup or a restored table, as they were at a moment.</summary>
    Copy,
}

/// <summary>Work on a table that takes many transactions. Each step writes its row anew, in the transaction of what it did.</summary>
internal sealed record TableJob
{
    public required ulong Id { get; init; }

    public required JobKind Kind { get; init; }

    public required string Account { get; init; }

    public required string Region { get; init; }

    /// <summary>The table that is worked on; for a copy, the one that is copied to.</summary>
    public required string Table { get; init; }

    public required ulong TableId { get; init; }

    /// <summary>Rises with each step: one that another process has made is not made twice.</summary>
    public long Step { get; init; }

    /// <summary>The key of the last item that was looked at.</summary>
    public byte[]? Cursor { get; init; }

    /// <summary>Of an index.</summary>
    public string? Index { get; init; }

    /// <summary>The id of the index or of the rows of expiry that are filled: one that is made anew meanwhile has another.</summary>
    public ulong Part { get; init; }

    public PurgeState? Purge { get; init; }

    public CopyState? Copy { get; init; }

    [JsonIgnore]
    public TableKey Key => new(Account, Region, Table);
}

/// <summary>What goes.</summary>
/// <param name="Items">Tables by their ids, or backups.</param>
/// <param name="Indexes">Indexes by their ids.</param>
/// <param name="Expiry">Rows of expiry.</param>
/// <param name="Logs">Logs of changes.</param>
/// <param name="Slices">How many ranges the rows of each are removed in.</param>
/// <param name="Done">Ranges that were removed.</param>
internal sealed record PurgeState(
    IReadOnlyList<ulong> Items,
    IReadOnlyList<ulong> Indexes,
    IReadOnlyList<ulong> Expiry,
    IReadOnlyList<ulong> Logs,
    int Slices = 1,
    int Done = 0);

/// <summary>
/// A copy: first of the items as they are met, then what has changed since the moment is set back, by the log of changes.
/// </summary>
/// <param name="SourceId">The id of the rows that are copied.</param>
/// <param name="LogId">The log of changes; null for a source that does not change.</param>
/// <param name="After">Changes after this moment are set back; milliseconds since 1970. 0 for all that the log has.</param>
/// <param name="Backup">The id of the backup that is read or written; null for neither.</param>
/// <param name="ToBackup">The copy goes to the backup, and not to a table.</param>
/// <param name="SourceTable">The table that is read, where it is one.</param>
/// <param name="Position">Of the log: the last entry that was looked at. Null until the items are copied.</param>
/// <param name="End">Of the log: where it ended when the items were copied.</param>
internal sealed record CopyState(
    ulong SourceId,
    ulong? LogId,
    long After,
    string? Backup,
    bool ToBackup,
    string? SourceTable,
    ulong? Position = null,
    ulong End = 0);
