namespace Petrel.Aws.DynamoDb;

/// <summary>What a request used of a table's throughput, in units.</summary>
/// <param name="TableName">As the request named it.</param>
/// <param name="ReadCapacityUnits">Told by transactions only.</param>
/// <param name="WriteCapacityUnits">Told by transactions only.</param>
/// <param name="Table">The table's own part; told with <c>INDEXES</c>, as the parts of the indexes are.</param>
public sealed record ConsumedCapacity(
    string TableName,
    double CapacityUnits,
    double? ReadCapacityUnits = null,
    double? WriteCapacityUnits = null,
    Capacity? Table = null,
    Dictionary<string, Capacity>? LocalSecondaryIndexes = null,
    Dictionary<string, Capacity>? GlobalSecondaryIndexes = null);

public sealed record Capacity(double CapacityUnits, double? ReadCapacityUnits = null, double? WriteCapacityUnits = null);

/// <summary>How large the item collection is that a write went to: all items of one partition key, with their entries in local indexes.</summary>
/// <param name="ItemCollectionKey">The partition key.</param>
/// <param name="SizeEstimateRangeGB">A lower and an upper bound.</param>
public sealed record ItemCollectionMetrics(AttributeMap ItemCollectionKey, IReadOnlyList<double> SizeEstimateRangeGB);
