using Petrel.Aws.DynamoDb;
using Petrel.Wire;

namespace Petrel.Aws.DynamoDbStreams;

/// <summary>DynamoDB Streams: the changes of tables' items, each once and in the order of its item, for 24 hours.</summary>
[AwsService("dynamodb", Protocol.Json10, ApiVersion = "2012-08-10", TargetPrefix = "DynamoDBStreams_20120810")]
public interface IDynamoDbStreams
{
    [Access("table/*/stream/*")]
    Task<ListStreamsResult> ListStreams(ListStreamsRequest request, CallContext call);

    /// <exception cref="ResourceNotFoundException"/>
    [Access("{StreamArn}")]
    Task<DescribeStreamResult> DescribeStream(DescribeStreamRequest request, CallContext call);

    /// <exception cref="ResourceNotFoundException"/>
    /// <exception cref="TrimmedDataAccessException">The sequence number is of a record that is gone.</exception>
    [Access("{StreamArn}")]
    Task<GetShardIteratorResult> GetShardIterator(GetShardIteratorRequest request, CallContext call);

    /// <exception cref="ExpiredIteratorException">The iterator is older than 15 minutes.</exception>
    /// <exception cref="TrimmedDataAccessException">Records after the iterator are gone.</exception>
    [Access("{ShardIterator}")]
    Task<GetRecordsResult> GetRecords(GetRecordsRequest request, CallContext call);
}

public sealed record ListStreamsRequest(
    [Length(3, 255), Pattern("[a-zA-Z0-9_.-]+")] string? TableName = null,
    [Range(1, 100)] int? Limit = null,
    [Length(37, 1024)] string? ExclusiveStartStreamArn = null);

public sealed record ListStreamsResult(List<StreamSummary> Streams, string? LastEvaluatedStreamArn = null);

public sealed record StreamSummary(string StreamArn, string TableName, string StreamLabel);

public sealed record DescribeStreamRequest(
    [Length(37, 1024)] string StreamArn,
    [Range(1, 100)] int? Limit = null,
    [Length(28, 65)] string? ExclusiveStartShardId = null,
    ShardFilter? ShardFilter = null);

/// <param name="Type"><c>CHILD_SHARDS</c>.</param>
public sealed record ShardFilter([OneOf("CHILD_SHARDS")] string? Type = null, [Length(28, 65)] string? ShardId = null);

public sealed record DescribeStreamResult(StreamDescription StreamDescription);

/// <param name="StreamStatus"><c>ENABLED</c>, or <c>DISABLED</c> for a day after the table has switched it off or is gone.</param>
public sealed record StreamDescription(
    string StreamArn,
    string StreamLabel,
    string StreamStatus,
    string StreamViewType,
    DateTimeOffset CreationRequestDateTime,
    string TableName,
    List<StreamKeyElement> KeySchema,
    List<Shard> Shards,
    string? LastEvaluatedShardId = null);

public sealed record StreamKeyElement(string AttributeName, string KeyType);

public sealed record Shard(string ShardId, SequenceNumberRange SequenceNumberRange, string? ParentShardId = null);

/// <param name="EndingSequenceNumber">Only of a closed shard.</param>
public sealed record SequenceNumberRange(string StartingSequenceNumber, string? EndingSequenceNumber = null);

public sealed record GetShardIteratorRequest(
    [Length(37, 1024)] string StreamArn,
    [Length(28, 65)] string ShardId,
    [OneOf("AFTER_SEQUENCE_NUMBER", "LATEST", "AT_SEQUENCE_NUMBER", "TRIM_HORIZON")] string ShardIteratorType,
    [Length(21, 40)] string? SequenceNumber = null);

public sealed record GetShardIteratorResult(string ShardIterator);

public sealed record GetRecordsRequest([Length(1, 2048)] string ShardIterator, [Range(1, 1000)] int? Limit = null);

/// <param name="NextShardIterator">Null at the end of a closed shard.</param>
public sealed record GetRecordsResult(List<Record> Records, string? NextShardIterator = null);

/// <summary>A change of an item.</summary>
/// <param name="EventName"><c>INSERT</c>, <c>MODIFY</c> or <c>REMOVE</c>.</param>
public sealed record Record(
    [WireName("eventID")] string EventId,
    [WireName("eventName")] string EventName,
    [WireName("eventVersion")] string EventVersion,
    [WireName("eventSource")] string EventSource,
    [WireName("awsRegion")] string AwsRegion,
    [WireName("dynamodb")] StreamRecord DynamoDb,
    [WireName("userIdentity")] StreamIdentity? UserIdentity = null);

/// <param name="SizeBytes">Of the keys and of the images that are there.</param>
public sealed record StreamRecord(
    DateTimeOffset ApproximateCreationDateTime,
    AttributeMap Keys,
    string SequenceNumber,
    long SizeBytes,
    string StreamViewType,
    AttributeMap? NewImage = null,
    AttributeMap? OldImage = null);

/// <summary>Who changed the item, when it was no client: <c>Service</c>, <c>dynamodb.amazonaws.com</c> for one that expired.</summary>
public sealed record StreamIdentity(string PrincipalId, string Type);

/// <summary>An iterator is valid for 15 minutes.</summary>
public sealed class ExpiredIteratorException(string message) : ServiceException("ExpiredIteratorException", message, 400);

/// <summary>The records that were asked for are older than 24 hours, and gone.</summary>
public sealed class TrimmedDataAccessException(string message) : ServiceException("TrimmedDataAccessException", message, 400);
