using Petrel.Wire;

namespace Petrel.Aws.DynamoDb;

public partial interface IDynamoDb
{
    /// <summary>Keeps every change from now on, so that the table can be restored to any moment; or ends that.</summary>
    /// <exception cref="TableNotFoundException"/>
    [Access("table/{TableName}")]
    Task<UpdateContinuousBackupsResult> UpdateContinuousBackups(UpdateContinuousBackupsRequest request, CallContext call);

    [Access("table/{TableName}")]
    Task<DescribeContinuousBackupsResult> DescribeContinuousBackups(DescribeContinuousBackupsRequest request, CallContext call);

    /// <summary>Makes a new table with the items that another had at a moment.</summary>
    /// <exception cref="InvalidRestoreTimeException"/>
    /// <exception cref="PointInTimeRecoveryUnavailableException"/>
    /// <exception cref="TableAlreadyExistsException"/>
    [Access("table/{TargetTableName}")]
    Task<RestoreTableToPointInTimeResult> RestoreTableToPointInTime(RestoreTableToPointInTimeRequest request, CallContext call);

    /// <exception cref="BackupNotFoundException"/>
    /// <exception cref="TableAlreadyExistsException"/>
    [Access("table/{TargetTableName}")]
    Task<RestoreTableFromBackupResult> RestoreTableFromBackup(RestoreTableFromBackupRequest request, CallContext call);
}

public sealed record UpdateContinuousBackupsRequest(
    [Length(1, 1024)] string TableName,
    PointInTimeRecoverySpecification PointInTimeRecoverySpecification);

public sealed record PointInTimeRecoverySpecification(bool PointInTimeRecoveryEnabled, [Range(1, 35)] int? RecoveryPeriodInDays = null);

public sealed record UpdateContinuousBackupsResult(ContinuousBackupsDescription ContinuousBackupsDescription);

public sealed record DescribeContinuousBackupsRequest([Length(1, 1024)] string TableName);

public sealed record DescribeContinuousBackupsResult(ContinuousBackupsDescription ContinuousBackupsDescription);

/// <param name="ContinuousBackupsStatus">Always <c>ENABLED</c>.</param>
public sealed record ContinuousBackupsDescription(
    string ContinuousBackupsStatus,
    PointInTimeRecoveryDescription PointInTimeRecoveryDescription);

public sealed record PointInTimeRecoveryDescription(
    string PointInTimeRecoveryStatus,
    int? RecoveryPeriodInDays = null,
    DateTimeOffset? EarliestRestorableDateTime = null,
    DateTimeOffset? LatestRestorableDateTime = null);

/// <param name="RestoreDateTime">The moment to restore; whole seconds, as clients send it, or finer.</param>
/// <param name="GlobalSecondaryIndexOverride">The indexes that the new table gets, some of the source's; null for all of them.</param>
public sealed record RestoreTableToPointInTimeRequest(
    [Length(3, 255), Pattern(TablePatterns.Name)] string TargetTableName,
    [Length(1, 1024)] string? SourceTableArn = null,
    [Length(3, 255), Pattern(TablePatterns.Name)] string? SourceTableName = null,
    bool? UseLatestRestorableTime = null,
    DateTimeOffset? RestoreDateTime = null,
    [OneOf("PROVISIONED", "PAY_PER_REQUEST")] string? BillingModeOverride = null,
    List<GlobalSecondaryIndex>? GlobalSecondaryIndexOverride = null,
    List<LocalSecondaryIndex>? LocalSecondaryIndexOverride = null,
    ProvisionedThroughput? ProvisionedThroughputOverride = null,
    OnDemandThroughput? OnDemandThroughputOverride = null,
    SseSpecification? SSESpecificationOverride = null);

public sealed record RestoreTableToPointInTimeResult(TableDescription TableDescription);

/// <param name="GlobalSecondaryIndexOverride">The indexes that the new table gets, some of the backup's; null for all of them.</param>
public sealed record RestoreTableFromBackupRequest(
    [Length(3, 255), Pattern(TablePatterns.Name)] string TargetTableName,
    [Length(37, 1024)] string BackupArn,
    [OneOf("PROVISIONED", "PAY_PER_REQUEST")] string? BillingModeOverride = null,
    List<GlobalSecondaryIndex>? GlobalSecondaryIndexOverride = null,
    List<LocalSecondaryIndex>? LocalSecondaryIndexOverride = null,
    ProvisionedThroughput? ProvisionedThroughputOverride = null,
    OnDemandThroughput? OnDemandThroughputOverride = null,
    SseSpecification? SSESpecificationOverride = null);

public sealed record RestoreTableFromBackupResult(TableDescription TableDescription);
