using Petrel.Wire;

namespace Petrel.Aws.DynamoDb;

public partial interface IDynamoDb
{
    /// <exception cref="ResourceInUseException">A table of this name is there.</exception>
    /// <exception cref="LimitExceededException">The account has all the tables that it may have.</exception>
    [Access("table/{TableName}")]
    Task<CreateTableResult> CreateTable(CreateTableRequest request, CallContext call);

    /// <exception cref="ResourceNotFoundException"/>
    [Access("table/{TableName}")]
    Task<DescribeTableResult> DescribeTable(DescribeTableRequest request, CallContext call);

    /// <summary>Indexes are added and removed one at a time, beside reads and writes.</summary>
    /// <exception cref="ResourceInUseException">The table is being changed.</exception>
    /// <exception cref="LimitExceededException">An index is being added or removed; or throughput was lowered too often today.</exception>
    [Access("table/{TableName}")]
    Task<UpdateTableResult> UpdateTable(UpdateTableRequest request, CallContext call);

    /// <exception cref="ResourceInUseException">It is being made, or a backup of it is.</exception>
    [Access("table/{TableName}")]
    Task<DeleteTableResult> DeleteTable(DeleteTableRequest request, CallContext call);

    [Access("*")]
    Task<ListTablesResult> ListTables(ListTablesRequest request, CallContext call);
}

public sealed record CreateTableRequest(
    List<AttributeDefinition> AttributeDefinitions,
    [Length(1)] List<KeySchemaElement> KeySchema,
    [Length(1, 1024)] string? TableName = null,
    List<LocalSecondaryIndex>? LocalSecondaryIndexes = null,
    List<GlobalSecondaryIndex>? GlobalSecondaryIndexes = null,
    [OneOf("PROVISIONED", "PAY_PER_REQUEST")] string? BillingMode = null,
    ProvisionedThroughput? ProvisionedThroughput = null,
    StreamSpecification? StreamSpecification = null,
    SseSpecification? SSESpecification = null,
    List<Tag>? Tags = null,
    [OneOf("STANDARD", "STANDARD_INFREQUENT_ACCESS")] string? TableClass = null,
    bool? DeletionProtectionEnabled = null,
    WarmThroughput? WarmThroughput = null,
    string? ResourcePolicy = null,
    OnDemandThroughput? OnDemandThroughput = null,
    [Length(1, 1024)] string? GlobalTableSourceArn = null,
    string? GlobalTableSettingsReplicationMode = null);

public sealed record CreateTableResult(TableDescription TableDescription);

public sealed record DescribeTableRequest([Length(1, 1024)] string? TableName = null);

public sealed record DescribeTableResult(TableDescription Table);

/// <param name="TableName">The name, or the table's ARN. Required: the service says so in words of its own.</param>
/// <param name="AttributeDefinitions">Those of a new index's keys; those of keys that are there may be among them.</param>
public sealed record UpdateTableRequest(
    [Length(1, 1024)] string? TableName = null,
    List<AttributeDefinition>? AttributeDefinitions = null,
    [OneOf("PROVISIONED", "PAY_PER_REQUEST")] string? BillingMode = null,
    ProvisionedThroughput? ProvisionedThroughput = null,
    List<GlobalSecondaryIndexUpdate>? GlobalSecondaryIndexUpdates = null,
    StreamSpecification? StreamSpecification = null,
    SseSpecification? SSESpecification = null,
    List<ReplicaUpdate>? ReplicaUpdates = null,
    [OneOf("STANDARD", "STANDARD_INFREQUENT_ACCESS")] string? TableClass = null,
    bool? DeletionProtectionEnabled = null,
    string? MultiRegionConsistency = null,
    List<ReplicaUpdate>? GlobalTableWitnessUpdates = null,
    OnDemandThroughput? OnDemandThroughput = null,
    WarmThroughput? WarmThroughput = null,
    string? GlobalTableSettingsReplicationMode = null);

public sealed record UpdateTableResult(TableDescription TableDescription);

public sealed record DeleteTableRequest([Length(1, 1024)] string? TableName = null);

public sealed record DeleteTableResult(TableDescription TableDescription);

public sealed record ListTablesRequest(
    [Length(3, 255), Pattern(TablePatterns.Name)] string? ExclusiveStartTableName = null,
    [Range(1, 100)] int? Limit = null);

public sealed record ListTablesResult(IReadOnlyList<string> TableNames, string? LastEvaluatedTableName = null);

internal static class TablePatterns
{
    public const string Name = "[a-zA-Z0-9_.-]+";
}
