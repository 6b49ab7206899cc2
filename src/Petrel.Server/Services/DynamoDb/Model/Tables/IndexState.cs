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
/// <param name="Backfilling">Items of before its creation are being added.</param>
internal sealed record IndexState(
    string Name,
    ulong Id,
    bool IsGlobal,
    KeySchema Keys,
    ProjectionKind Projection,
    IReadOnlyList<string> Included,
    ResourceStatus Status,
    bool Backfilling = false,
    ThroughputState? Throughput = null,
    OnDemandState? OnDemand = null)
{
    /// <summary>Writes of items keep it: it is there, or will be when its backfill has ended.</summary>
    [JsonIgnore]
    public bool IsWritten => Status != ResourceStatus.Deleting;

    /// <summary>Query and Scan may read it.</summary>
    [JsonIgnore]
    public bool IsReadable => Status is ResourceStatus.Active or ResourceStatus.Updating;
}
