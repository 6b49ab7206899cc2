using System.Text.Json.Serialization;

namespace Petrel.Server.Services.DynamoDb.Model.Tables;

/// <summary>What of an item an index holds beside the keys of table and index.</summary>
internal enum ProjectionKind
{
    All,
    KeysOnly,
    Include,
}

/// <summary>A secondary index of a table.</summary>
/// <param name="Id">Its entries' keys begin with it.</param>
/// <param name="IsGlobal">It has a partition key of its own; a local one shares the table's.</param>
/// <param name="Included">The attributes that <see cref="ProjectionKind.Include"/> names.</param>
/// <param name="Backfilling">Items of before its creation are being added, in the order of their keys.</param>
/// <param name="FilledThrough">While that goes on: the key of the last item that was added; null for none.</param>
internal sealed record IndexState(
    string Name,
    ulong Id,
    bool IsGlobal,
    KeySchema Keys,
    ProjectionKind Projection,
    IReadOnlyList<string> Included,
    ResourceStatus Status,
    bool Backfilling = false,
    byte[]? FilledThrough = null,
    ThroughputState? Throughput = null,
    OnDemandState? OnDemand = null)
{
    /// <summary>It is there, or will be when its backfill has ended.</summary>
    [JsonIgnore]
    public bool IsWritten => Status != ResourceStatus.Deleting;

    /// <summary>
    /// A write of this item keeps the index. While it is filled, it holds just the items up to the last one that was added: so nothing is
    /// written for an item that is still to come, and the counts of entries stay exact.
    /// </summary>
    public bool Holds(ReadOnlySpan<byte> itemKey) =>
        IsWritten && (!Backfilling || (FilledThrough is not null && itemKey.SequenceCompareTo(FilledThrough) <= 0));

    /// <summary>Query and Scan may read it.</summary>
    [JsonIgnore]
    public bool IsReadable => Status is ResourceStatus.Active or ResourceStatus.Updating;
}
