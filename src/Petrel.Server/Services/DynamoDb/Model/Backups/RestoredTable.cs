using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Model.Backups;

/// <summary>What a restore may make otherwise than the table was.</summary>
internal sealed record RestoreOverrides(
    string? BillingMode,
    IReadOnlyList<GlobalSecondaryIndex>? GlobalIndexes,
    IReadOnlyList<LocalSecondaryIndex>? LocalIndexes,
    ProvisionedThroughput? Throughput,
    OnDemandThroughput? OnDemand,
    SseSpecification? Encryption);

/// <summary>
/// The record of a table that is made of another's items: with its keys, indexes and payment, and, as the service's restores, without its
/// stream, expiry, tags, policy and protection.
/// </summary>
internal static class RestoredTable
{
    public static TableState Create(TableState source, TableKey key, RestoreOverrides overrides, IIdSource ids, RestoreState restore, long now)
    {
        NewTable.RefuseEncryption("RestoreTable", overrides.Encryption);
        var throughput = ThroughputOf(source, overrides);
        var onDemand = throughput is null;
        return new TableState
        {
            Account = key.Account,
            Region = key.Region,
            Name = key.Name,
            Id = ids.NextId(),
            TableId = ids.NextGuid(),
            Status = ResourceStatus.Creating,
            CreatedAt = now,
            Keys = source.Keys,
            Indexes = [.. IndexesOf(source, overrides, onDemand).Select(index => Fresh(index, ids))],
            Throughput = throughput,
            OnDemand = ThroughputRules.OfLimits(overrides.OnDemand, onDemand, onDemand ? source.OnDemand : null),
            OnDemandSwitches = onDemand ? [now] : [],
            ShowsBilling = onDemand,
            Class = source.Class,
            Restore = restore,
        };
    }

    private static ThroughputState? ThroughputOf(TableState source, RestoreOverrides overrides)
    {
        var onDemand = overrides.BillingMode is { } mode ? mode == "PAY_PER_REQUEST" : source.IsOnDemand && overrides.Throughput is null;
        if (onDemand)
        {
            return ThroughputRules.OfTable("PAY_PER_REQUEST", overrides.Throughput);
        }

        return overrides.Throughput is null && source.Throughput is { } present
            ? new ThroughputState(present.ReadUnits, present.WriteUnits)
            : ThroughputRules.OfTable("PROVISIONED", overrides.Throughput);
    }

    /// <summary>Those of the source, or the ones that the request names of them.</summary>
    private static IEnumerable<IndexState> IndexesOf(TableState source, RestoreOverrides overrides, bool onDemand)
    {
        var present = source.Indexes.Where(static index => index.IsWritten).ToList();
        var local = present.Where(static index => !index.IsGlobal);
        if (overrides.LocalIndexes is { } askedLocal)
        {
            local = askedLocal.Select(asked => Find(present, asked.IndexName, asked.KeySchema, asked.Projection, isGlobal: false));
        }

        var global = present.Where(static index => index.IsGlobal).Select(index => Pay(index, index.Throughput, source, overrides, onDemand));
        if (overrides.GlobalIndexes is { } askedGlobal)
        {
            global = askedGlobal.Select(asked => Find(present, asked.IndexName, asked.KeySchema, asked.Projection, isGlobal: true) with
            {
                Throughput = ThroughputRules.OfIndex(asked.IndexName, asked.ProvisionedThroughput, onDemand),
                OnDemand = ThroughputRules.OfLimits(asked.OnDemandThroughput, onDemand),
            });
        }

        return local.Concat(global);
    }

    /// <summary>An index that keeps its throughput, or gets the table's when it had none.</summary>
    private static IndexState Pay(IndexState index, ThroughputState? present, TableState source, RestoreOverrides overrides, bool onDemand)
    {
        if (onDemand)
        {
            return index with { Throughput = null, OnDemand = source.IsOnDemand ? index.OnDemand : null };
        }

        var units = present is not null
            ? new ThroughputState(present.ReadUnits, present.WriteUnits)
            : new ThroughputState(overrides.Throughput!.ReadCapacityUnits, overrides.Throughput.WriteCapacityUnits);
        return index with { Throughput = units, OnDemand = null };
    }

    private static IndexState Find(
        List<IndexState> present, string name, IReadOnlyList<KeySchemaElement> keys, IndexProjection projection, bool isGlobal)
    {
        var index = present.Find(candidate => candidate.Name == name && candidate.IsGlobal == isGlobal)
            ?? throw CommonException.Validation($"Invalid index override: the source has no such index: {name}");
        var described = TableDescriptions.Describe(index);
        var isSame = TableDescriptions.Elements(index.Keys).SequenceEqual(keys)
            && described.ProjectionType == projection.ProjectionType
            && (described.NonKeyAttributes ?? []).ToHashSet().SetEquals(projection.NonKeyAttributes ?? []);
        return isSame ? index : throw CommonException.Validation($"Invalid index override: keys or projection differ from the source's: {name}");
    }

    private static IndexState Fresh(IndexState index, IIdSource ids) =>
        index with { Id = ids.NextId(), Status = ResourceStatus.Active, Backfilling = false, FilledThrough = null };
}
