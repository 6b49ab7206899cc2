using Petrel.Aws.DynamoDb;

namespace Petrel.Server.Services.DynamoDb.Model.Tables;

/// <summary>How many items a table or index has, and their size.</summary>
internal readonly record struct ItemCounts(long Items, long Bytes);

/// <summary>Records of tables in the form in which the service describes them.</summary>
internal static class TableDescriptions
{
    /// <summary>What the service says that a table paid by request can do at once.</summary>
    private const long WarmReads = 12_000;

    private const long WarmWrites = 4_000;

    /// <param name="counts">By the id of the table and of each index.</param>
    public static TableDescription Describe(TableState table, IReadOnlyDictionary<ulong, ItemCounts> counts, DateTimeOffset now)
    {
        var own = counts.GetValueOrDefault(table.Id);
        return new TableDescription(
            table.Name,
            Name(table.Status),
            Throughput(table.Throughput, now),
            own.Bytes,
            own.Items,
            table.Arn,
            table.TableId.ToString(),
            Definitions(table),
            Elements(table.Keys),
            Time(table.CreatedAt),
            Billing(table),
            Local(table, counts),
            Global(table, counts, now),
            table.Stream is { } stream ? new StreamSpecification(true, stream.View) : null,
            table.Stream?.Label,
            table.Stream is { } latest ? $"{table.Arn}/stream/{latest.Label}" : null,
            table.Restore is { } restore
                ? new RestoreSummary(Time(restore.At), restore.InProgress, restore.SourceBackupArn, restore.SourceTableArn)
                : null,
            table.Class is { } name ? new TableClassSummary(name, Time(table.ClassChangedAt)) : null,
            table.DeletionProtected,
            Limits(table.OnDemand),
            Warm(table.Throughput));
    }

    /// <summary>The answer to the request that makes a table: the service is still at it, and says less.</summary>
    public static TableDescription DescribeNew(TableState table, DateTimeOffset now)
    {
        var description = Describe(table, new Dictionary<ulong, ItemCounts>(), now);
        return description with
        {
            TableStatus = "CREATING",
            WarmThroughput = null,
            BillingModeSummary = description.BillingModeSummary is { } billing ? billing with { LastUpdateToPayPerRequestDateTime = null } : null,
            GlobalSecondaryIndexes = description.GlobalSecondaryIndexes is { } indexes
                ? [.. indexes.Select(static index => index with { IndexStatus = "CREATING", WarmThroughput = null })]
                : null,
        };
    }

    /// <summary>The answer to the request that removes a table.</summary>
    public static TableDescription DescribeGone(TableDescription description) => description with
    {
        TableStatus = "DELETING",
        AttributeDefinitions = null,
        KeySchema = null,
        CreationDateTime = null,
        LocalSecondaryIndexes = null,
        GlobalSecondaryIndexes = null,
        WarmThroughput = null,
    };

    public static IReadOnlyList<KeySchemaElement> Elements(KeySchema keys) => keys.Sort is { } sort
        ? [new KeySchemaElement(keys.Partition.Name, "HASH"), new KeySchemaElement(sort.Name, "RANGE")]
        : [new KeySchemaElement(keys.Partition.Name, "HASH")];

    public static IndexProjection Describe(IndexState index) => new(
        index.Projection switch
        {
            ProjectionKind.All => "ALL",
            ProjectionKind.KeysOnly => "KEYS_ONLY",
            _ => "INCLUDE",
        },
        index.Included.Count == 0 ? null : index.Included);

    public static OnDemandThroughput? Limits(OnDemandState? limits) =>
        limits is null ? null : new OnDemandThroughput(limits.MaxReadUnits ?? -1, limits.MaxWriteUnits ?? -1);

    public static DateTimeOffset Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);

    private static DateTimeOffset? Time(long? ms) => ms is { } known ? Time(known) : null;

    private static string Name(ResourceStatus status) => status switch
    {
        ResourceStatus.Creating => "CREATING",
        ResourceStatus.Updating => "UPDATING",
        ResourceStatus.Deleting => "DELETING",
        _ => "ACTIVE",
    };

    /// <summary>The attributes of all keys, each once, in the order of names.</summary>
    private static List<AttributeDefinition> Definitions(TableState table) =>
    [
        .. table.Indexes.Where(static i => i.IsWritten).Select(static i => i.Keys).Prepend(table.Keys)
            .SelectMany(static keys => keys.Attributes)
            .DistinctBy(static attribute => attribute.Name)
            .OrderBy(static attribute => attribute.Name, StringComparer.Ordinal)
            .Select(static attribute => new AttributeDefinition(attribute.Name, attribute.Type switch
            {
                AttributeType.String => "S",
                AttributeType.Number => "N",
                _ => "B",
            })),
    ];

    private static BillingModeSummary? Billing(TableState table) => table.ShowsBilling
        ? new BillingModeSummary(
            table.IsOnDemand ? "PAY_PER_REQUEST" : "PROVISIONED",
            table.OnDemandSwitches.Count > 0 ? Time(table.OnDemandSwitches[^1]) : null)
        : null;

    private static ProvisionedThroughputDescription Throughput(ThroughputState? throughput, DateTimeOffset now) => throughput is null
        ? new ProvisionedThroughputDescription(0, 0, 0)
        : new ProvisionedThroughputDescription(
            ThroughputRules.DecreasesToday(throughput, now),
            throughput.ReadUnits,
            throughput.WriteUnits,
            Time(throughput.IncreasedAt),
            Time(throughput.DecreasedAt));

    private static WarmThroughputDescription Warm(ThroughputState? throughput) =>
        new(throughput?.ReadUnits ?? WarmReads, throughput?.WriteUnits ?? WarmWrites, "ACTIVE");

    private static List<LocalSecondaryIndexDescription>? Local(TableState table, IReadOnlyDictionary<ulong, ItemCounts> counts)
    {
        List<LocalSecondaryIndexDescription> found =
        [
            .. table.Indexes.Where(static i => !i.IsGlobal).Select(index => new LocalSecondaryIndexDescription(
                index.Name,
                Elements(index.Keys),
                Describe(index),
                counts.GetValueOrDefault(index.Id).Bytes,
                counts.GetValueOrDefault(index.Id).Items,
                $"{table.Arn}/index/{index.Name}")),
        ];
        return found.Count == 0 ? null : found;
    }

    private static List<GlobalSecondaryIndexDescription>? Global(
        TableState table, IReadOnlyDictionary<ulong, ItemCounts> counts, DateTimeOffset now)
    {
        List<GlobalSecondaryIndexDescription> found =
        [
            .. table.Indexes.Where(static i => i.IsGlobal).Select(index => new GlobalSecondaryIndexDescription(
                index.Name,
                Elements(index.Keys),
                Describe(index),
                Name(index.Status),
                Throughput(index.Throughput, now),
                counts.GetValueOrDefault(index.Id).Bytes,
                counts.GetValueOrDefault(index.Id).Items,
                $"{table.Arn}/index/{index.Name}",
                index.Backfilling ? true : null,
                Limits(index.OnDemand),
                Warm(index.Throughput))),
        ];
        return found.Count == 0 ? null : found;
    }
}
