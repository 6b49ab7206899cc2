using Petrel.Wire;

namespace Petrel.Aws.DynamoDb;

public partial interface IDynamoDb
{
    /// <summary>Keeps the table's items as they are at this moment; they are copied beside its reads and writes.</summary>
    /// <exception cref="TableNotFoundException"/>
    /// <exception cref="TableInUseException"/>
    [Access("table/{TableName}")]
    Task<CreateBackupResult> CreateBackup(CreateBackupRequest request, CallContext call);

    /// <exception cref="BackupNotFoundException"/>
    [Access("{BackupArn}")]
    Task<DescribeBackupResult> DescribeBackup(DescribeBackupRequest request, CallContext call);

    [Access("*")]
    Task<ListBackupsResult> ListBackups(ListBackupsRequest request, CallContext call);

    /// <exception cref="BackupInUseException">It is being written, or a table is being made of it.</exception>
    [Access("{BackupArn}")]
    Task<DeleteBackupResult> DeleteBackup(DeleteBackupRequest request, CallContext call);
}

public sealed record CreateBackupRequest(
    [Length(1, 1024)] string TableName,
    [Length(3, 255), Pattern(TablePatterns.Name)] string BackupName);

public sealed record CreateBackupResult(BackupDetails BackupDetails);

public sealed record DescribeBackupRequest([Length(37, 1024)] string BackupArn);

public sealed record DescribeBackupResult(BackupDescription BackupDescription);

/// <param name="TimeRangeLowerBound">Backups of this moment and later.</param>
/// <param name="TimeRangeUpperBound">Backups of before this moment.</param>
public sealed record ListBackupsRequest(
    [Length(1, 1024)] string? TableName = null,
    [Range(1, 100)] int? Limit = null,
    DateTimeOffset? TimeRangeLowerBound = null,
    DateTimeOffset? TimeRangeUpperBound = null,
    [Length(37, 1024)] string? ExclusiveStartBackupArn = null,
    [OneOf("USER", "SYSTEM", "AWS_BACKUP", "ALL")] string? BackupType = null);

public sealed record ListBackupsResult(IReadOnlyList<BackupSummary> BackupSummaries, string? LastEvaluatedBackupArn = null);

public sealed record DeleteBackupRequest([Length(37, 1024)] string BackupArn);

public sealed record DeleteBackupResult(BackupDescription BackupDescription);

public sealed record BackupDescription(
    BackupDetails BackupDetails,
    SourceTableDetails SourceTableDetails,
    SourceTableFeatureDetails SourceTableFeatureDetails);

/// <param name="BackupStatus"><c>CREATING</c>, <c>AVAILABLE</c> or <c>DELETED</c>.</param>
/// <param name="BackupType"><c>USER</c>; or <c>SYSTEM</c>, for the items of a table that was deleted while it could be restored.</param>
public sealed record BackupDetails(
    string BackupArn,
    string BackupName,
    long BackupSizeBytes,
    string BackupStatus,
    string BackupType,
    DateTimeOffset BackupCreationDateTime,
    DateTimeOffset? BackupExpiryDateTime = null);

public sealed record BackupSummary(
    string TableName,
    string TableId,
    string TableArn,
    string BackupArn,
    string BackupName,
    DateTimeOffset BackupCreationDateTime,
    string BackupStatus,
    string BackupType,
    long BackupSizeBytes,
    DateTimeOffset? BackupExpiryDateTime = null);

/// <summary>The table at the moment of its backup.</summary>
public sealed record SourceTableDetails(
    string TableName,
    string TableId,
    string TableArn,
    long TableSizeBytes,
    IReadOnlyList<KeySchemaElement> KeySchema,
    DateTimeOffset TableCreationDateTime,
    ProvisionedThroughput ProvisionedThroughput,
    long ItemCount,
    string BillingMode,
    OnDemandThroughput? OnDemandThroughput = null);

public sealed record SourceTableFeatureDetails(
    IReadOnlyList<LocalSecondaryIndexInfo>? LocalSecondaryIndexes = null,
    IReadOnlyList<GlobalSecondaryIndexInfo>? GlobalSecondaryIndexes = null,
    StreamSpecification? StreamDescription = null,
    TimeToLiveDescription? TimeToLiveDescription = null);

public sealed record LocalSecondaryIndexInfo(string IndexName, IReadOnlyList<KeySchemaElement> KeySchema, IndexProjection Projection);

public sealed record GlobalSecondaryIndexInfo(
    string IndexName,
    IReadOnlyList<KeySchemaElement> KeySchema,
    IndexProjection Projection,
    ProvisionedThroughput ProvisionedThroughput,
    OnDemandThroughput? OnDemandThroughput = null);
