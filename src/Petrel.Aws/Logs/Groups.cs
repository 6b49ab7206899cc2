using Petrel.Wire;

namespace Petrel.Aws.Logs;

public partial interface ILogs
{
    /// <exception cref="ResourceAlreadyExistsException"/>
    /// <exception cref="InvalidParameterException"/>
    [Access("log-group:{logGroupName}")]
    Task CreateLogGroup(CreateLogGroupRequest request, CallContext call);

    /// <exception cref="ResourceNotFoundException"/>
    [Access("log-group:{logGroupName}")]
    Task DeleteLogGroup(DeleteLogGroupRequest request, CallContext call);

    [Access("log-group:*")]
    Task<DescribeLogGroupsResult> DescribeLogGroups(DescribeLogGroupsRequest request, CallContext call);

    [Access("log-group:*")]
    Task<ListLogGroupsResult> ListLogGroups(ListLogGroupsRequest request, CallContext call);

    /// <exception cref="InvalidParameterException">A number of days that is none of those allowed.</exception>
    [Access("log-group:{logGroupName}")]
    Task PutRetentionPolicy(PutRetentionPolicyRequest request, CallContext call);

    [Access("log-group:{logGroupName}")]
    Task DeleteRetentionPolicy(DeleteRetentionPolicyRequest request, CallContext call);

    /// <summary>While it is on, the group cannot be deleted.</summary>
    [Access("log-group:{logGroupIdentifier}")]
    Task PutLogGroupDeletionProtection(PutLogGroupDeletionProtectionRequest request, CallContext call);
}

public sealed record CreateLogGroupRequest(
    [Length(1, 512), Pattern(LogPatterns.Group)] string LogGroupName,
    [Length(0, 256)] string? KmsKeyId = null,
    [Length(1, 50)] IReadOnlyDictionary<string, string>? Tags = null,
    [OneOf("STANDARD", "INFREQUENT_ACCESS", "DELIVERY")] string? LogGroupClass = null,
    bool DeletionProtectionEnabled = false);

public sealed record DeleteLogGroupRequest([Length(1, 512), Pattern(LogPatterns.Group)] string LogGroupName);

public sealed record DescribeLogGroupsRequest(
    [Length(0, 20)] IReadOnlyList<string>? AccountIdentifiers = null,
    [Length(1, 512), Pattern(LogPatterns.Group)] string? LogGroupNamePrefix = null,
    [Length(0, 512), Pattern(LogPatterns.GroupPattern)] string? LogGroupNamePattern = null,
    [Length(1)] string? NextToken = null,
    [Range(1, 50)] int? Limit = null,
    bool IncludeLinkedAccounts = false,
    [OneOf("STANDARD", "INFREQUENT_ACCESS", "DELIVERY")] string? LogGroupClass = null,
    [Length(1, 50)] IReadOnlyList<string>? LogGroupIdentifiers = null);

public sealed record DescribeLogGroupsResult(IReadOnlyList<LogGroup> LogGroups, string? NextToken = null);

/// <param name="Arn">Ends with <c>:*</c>, as policies name the streams of a group.</param>
/// <param name="LogGroupArn">Without it, as tags and most operations want it.</param>
public sealed record LogGroup(
    string LogGroupName,
    long CreationTime,
    int MetricFilterCount,
    string Arn,
    long StoredBytes,
    string LogGroupClass,
    string LogGroupArn,
    int? RetentionInDays = null,
    bool? DeletionProtectionEnabled = null);

public sealed record ListLogGroupsRequest(
    [Length(3, 129)] string? LogGroupNamePattern = null,
    [OneOf("STANDARD", "INFREQUENT_ACCESS", "DELIVERY")] string? LogGroupClass = null,
    bool IncludeLinkedAccounts = false,
    [Length(0, 20)] IReadOnlyList<string>? AccountIdentifiers = null,
    [Length(1)] string? NextToken = null,
    [Range(1, 1_000)] int? Limit = null);

public sealed record ListLogGroupsResult(IReadOnlyList<LogGroupSummary> LogGroups, string? NextToken = null);

public sealed record LogGroupSummary(string LogGroupName, string LogGroupArn, string LogGroupClass);

public sealed record PutRetentionPolicyRequest([Length(1, 512), Pattern(LogPatterns.Group)] string LogGroupName, int RetentionInDays);

public sealed record DeleteRetentionPolicyRequest([Length(1, 512), Pattern(LogPatterns.Group)] string LogGroupName);

public sealed record PutLogGroupDeletionProtectionRequest(
    [Length(1, 2_048), Pattern(LogPatterns.Identifier)] string LogGroupIdentifier,
    bool DeletionProtectionEnabled);
