using Petrel.Aws.DynamoDb;
using Petrel.Storage;

namespace Petrel.Server.Services.DynamoDb.Model.Tables;

/// <summary>The indexes that a request asks for: their keys, what they hold, their limits.</summary>
internal sealed class IndexRules(KeyRules keys, KeySchema table, bool onDemand, IIdSource ids)
{
    public const int MaxGlobal = 20;
    public const int MaxLocal = 5;

    /// <summary>Attributes that all indexes of a table together may name.</summary>
    public const int MaxIncluded = 100;

    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>Indexes that are there already: their names are taken.</summary>
    public void Know(IEnumerable<IndexState> indexes) => _names.UnionWith(indexes.Select(static i => i.Name));

    public IEnumerable<IndexState> ReadLocal(IReadOnlyList<LocalSecondaryIndex> indexes)
    {
        if (indexes.Count == 0)
        {
            throw TableProblem.Invalid("List of LocalSecondaryIndexes is empty");
        }

        if (table.Sort is null)
        {
            throw TableProblem.Invalid("Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex");
        }

        var read = indexes.Select(ReadLocal).ToList();
        return read.Count <= MaxLocal
            ? read
            : throw TableProblem.Invalid($"Number of LocalSecondaryIndexes exceeds per-table limit of {MaxLocal}");
    }

    public IEnumerable<IndexState> ReadGlobal(IReadOnlyList<GlobalSecondaryIndex> indexes)
    {
        if (indexes.Count == 0)
        {
            throw TableProblem.Invalid("List of GlobalSecondaryIndexes is empty");
        }

        var read = indexes.Select(ReadGlobal).ToList();
        CheckGlobalCount(read.Count);
        return read;
    }

    public IndexState ReadGlobal(GlobalSecondaryIndex index)
    {
        if (index.KeySchema.Count > 2)
        {
            throw TableProblem.Unsupported("CreateTable", "index keys of more than two attributes");
        }

        if (index.WarmThroughput is not null)
        {
            throw TableProblem.Unsupported("CreateTable", "WarmThroughput");
        }

        var schema = keys.Read(index.KeySchema);
        var (projection, included) = ReadProjection(index.Projection);
        var throughput = ThroughputRules.OfIndex(index.IndexName, index.ProvisionedThroughput, onDemand);
        var limits = ThroughputRules.OfLimits(index.OnDemandThroughput, onDemand);
        TakeName(index.IndexName);
        return new IndexState(
            index.IndexName, ids.NextId(), true, schema, projection, included, ResourceStatus.Active, Throughput: throughput, OnDemand: limits);
    }

    public static void CheckGlobalCount(int count)
    {
        if (count > MaxGlobal)
        {
            throw TableProblem.Invalid($"GlobalSecondaryIndex count exceeds the per-table limit of {MaxGlobal}");
        }
    }

    public static void CheckIncluded(IEnumerable<IndexState> indexes)
    {
        if (indexes.Sum(static index => index.Included.Count) > MaxIncluded)
        {
            throw TableProblem.Invalid(
                $"The total number of NonKeyAttributes of all indexes exceeds the per-table limit of {MaxIncluded}");
        }
    }

    private IndexState ReadLocal(LocalSecondaryIndex index)
    {
        var schema = keys.Read(index.KeySchema);
        if (schema.Sort is null)
        {
            throw TableProblem.Invalid($"Index KeySchema does not have a range key for index: {index.IndexName}");
        }

        if (schema.Partition.Name != table.Partition.Name)
        {
            throw TableProblem.Invalid(
                $"Index KeySchema does not have the same leading hash key as table KeySchema for index: {index.IndexName}. "
                + $"index hash key: {schema.Partition.Name}, table hash key: {table.Partition.Name}");
        }

        var (projection, included) = ReadProjection(index.Projection);
        TakeName(index.IndexName);
        return new IndexState(index.IndexName, ids.NextId(), false, schema, projection, included, ResourceStatus.Active);
    }

    private void TakeName(string name)
    {
        if (!_names.Add(name))
        {
            throw TableProblem.Invalid($"Duplicate index name: {name}");
        }
    }

    private static (ProjectionKind Kind, IReadOnlyList<string> Included) ReadProjection(IndexProjection projection)
    {
        var kind = projection.ProjectionType switch
        {
            "ALL" => ProjectionKind.All,
            "KEYS_ONLY" => ProjectionKind.KeysOnly,
            "INCLUDE" => ProjectionKind.Include,
            _ => throw TableProblem.Invalid("Unknown ProjectionType: null"),
        };
        if (kind != ProjectionKind.Include && projection.NonKeyAttributes is not null)
        {
            throw TableProblem.Invalid($"ProjectionType is {projection.ProjectionType}, but NonKeyAttributes is specified");
        }

        if (kind == ProjectionKind.Include && projection.NonKeyAttributes is null)
        {
            throw TableProblem.Invalid($"ProjectionType is {projection.ProjectionType}, but NonKeyAttributes is not specified");
        }

        return (kind, projection.NonKeyAttributes is { } names ? [.. names.Distinct(StringComparer.Ordinal)] : []);
    }
}
