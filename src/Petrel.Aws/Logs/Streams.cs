using Petrel.Wire;

namespace Petrel.Aws.Logs;

public partial interface ILogs
{
    /// <exception cref="ResourceAlreadyExistsException"/>
    [Access("log-group:{logGroupName}:log-stream:{logStreamName}")]
    Task CreateLogStream(CreateLogStreamRequest request, CallContext call);

    /// <exception cref="ResourceNotFoundException"/>
    [Access("log-group:{logGroupName}:log-stream:{logStreamName}")]
    Task DeleteLogStream(DeleteLogStreamRequest request, CallContext call);

    /// <exception cref="InvalidParameterException">Ordered by time together with a prefix.</exception>
    [Access("log-group:{logGroupName}")]
    Task<DescribeLogStreamsResult> DescribeLogStreams(DescribeLogStreamsRequest request, CallContext call);
}

public sealed record CreateLogStreamRequest(
    [Length(1, 512), Pattern(LogPatterns.Group)] string LogGroupName,
    [Length(1, 512), Pattern(LogPatterns.Stream)] string LogStreamName);

public sealed record DeleteLogStreamRequest(
    [Length(1, 512), Pattern(LogPatterns.Group)] string LogGroupName,
    [Length(1, 512), Pattern(LogPatterns.Stream)] string LogStreamName);

public sealed record DescribeLogStreamsRequest(
    [Length(1, 512), Pattern(LogPatterns.Group)] string? LogGroupName = null,
    [Length(1, 2_048), Pattern(LogPatterns.Identifier)] string? LogGroupIdentifier = null,
    [Length(1, 512), Pattern(LogPatterns.Stream)] string? LogStreamNamePrefix = null,
    [OneOf("LogStreamName", "LastEventTime")] string? OrderBy = null,
    bool Descending = false,
    [Length(1)] string? NextToken = null,
    [Range(1, 50)] int? Limit = null);

public sealed record DescribeLogStreamsResult(IReadOnlyList<LogStream> LogStreams, string? NextToken = null);

/// <param name="StoredBytes">Always 0, as the service has it since 2019.</param>
public sealed record LogStream(
    string LogStreamName,
    long CreationTime,
    string Arn,
    long StoredBytes,
    long? FirstEventTimestamp = null,
    long? LastEventTimestamp = null,
    long? LastIngestionTime = null,
    string? UploadSequenceToken = null);
