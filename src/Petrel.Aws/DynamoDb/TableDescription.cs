namespace Petrel.Aws.DynamoDb;

/// <param name="TableStatus"><c>CREATING</c>, <c>UPDATING</c>, <c>DELETING</c> or <c>ACTIVE</c>.</param>
/// <param name="TableSizeBytes">Of all items, by the rules by which items are measured.</param>
public sealed record TableDescription(
    string TableName,
    string TableStatus,
    ProvisionedThroughputDescription ProvisionedThroughput,
    long TableSizeBytes,
    long ItemCount,
    string TableArn,
    string TableId,
    IReadOnlyList<AttributeDefinition>? AttributeDefinitions = null,
    IReadOnlyList<KeySchemaElement>? KeySchema = null,
    DateTimeOffset? CreationDateTime = null,
    BillingModeSummary? BillingModeSummary = null,
    IReadOnlyList<LocalSecondaryIndexDescription>? LocalSecondaryIndexes = null,
    IReadOnlyList<GlobalSecondaryIndexDescription>? GlobalSecondaryIndexes = null,
    StreamSpecification? StreamSpecification = null,
    string? LatestStreamLabel = null,
    string? LatestStreamArn = null,
    RestoreSummary? RestoreSummary = null,
    TableClassSummary? TableClassSummary = null,
    bool? DeletionProtectionEnabled = null,
    OnDemandThroughput? OnDemandThroughput = null,
    WarmThroughputDescription? WarmThroughput = null);

public sealed record ProvisionedThroughputDescription(
    long NumberOfDecreasesToday,
    long ReadCapacityUnits,
    long WriteCapacityUnits,
    DateTimeOffset? LastIncreaseDateTime = null,
    DateTimeOffset? LastDecreaseDateTime = null);

public sealed record BillingModeSummary(string BillingMode, DateTimeOffset? LastUpdateToPayPerRequestDateTime = null);

public sealed record WarmThroughputDescription(long ReadUnitsPerSecond, long WriteUnitsPerSecond, string Status);

public sealed record LocalSecondaryIndexDescription(
    string IndexName,
    IReadOnlyList<KeySchemaElement> KeySchema,
    IndexProjection Projection,
    long IndexSizeBytes,
    long ItemCount,
    string IndexArn);

/// <param name="Backfilling">Present while items of before the index's creation are being added.</param>
public sealed record GlobalSecondaryIndexDescription(
    string IndexName,
    IReadOnlyList<KeySchemaElement> KeySchema,
    IndexProjection Projection,
    string IndexStatus,
    ProvisionedThroughputDescription ProvisionedThroughput,
    long IndexSizeBytes,
    long ItemCount,
    string IndexArn,
    bool? Backfilling = null,
    OnDemandThroughput? OnDemandThroughput = null,
    WarmThroughputDescription? WarmThroughput = null);

public sealed record RestoreSummary(
    DateTimeOffset RestoreDateTime,
    bool RestoreInProgress,
    string? SourceBackupArn = null,
    string? SourceTableArn = null);

public sealed record TableClassSummary(string TableClass, DateTimeOffset? LastUpdateDateTime = null);
