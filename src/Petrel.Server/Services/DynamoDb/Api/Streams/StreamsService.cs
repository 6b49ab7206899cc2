using Petrel.Aws.DynamoDb;
using Petrel.Aws.DynamoDbStreams;
using Petrel.Server.Services.DynamoDb.Model.Streams;
using Petrel.Storage;
using Petrel.Wire;
using StreamReader = Petrel.Server.Services.DynamoDb.Store.Streams.StreamReader;
using StreamRecord = Petrel.Server.Services.DynamoDb.Model.Streams.StreamRecord;

namespace Petrel.Server.Services.DynamoDb.Api.Streams;

/// <summary>DynamoDB Streams: which streams there are, their shards, and reading them with iterators.</summary>
internal sealed class StreamsService(StreamReader reader, TimeProvider time) : IDynamoDbStreams
{
    private const int MaxPage = 100;
    private const int MaxRecords = 1_000;
    private const int MaxBytes = 1024 * 1024;

    public async Task<ListStreamsResult> ListStreams(ListStreamsRequest request, CallContext call)
    {
        var limit = request.Limit ?? MaxPage;
        StreamRef? after = null;
        if (request.ExclusiveStartStreamArn is { } start && !StreamRef.TryParse(start, out after))
        {
            throw CommonException.Validation("Invalid StreamArn");
        }

        var page = await reader.ListAsync(call.Account, call.Region, request.TableName, after, limit + 1, call.Aborted);
        var more = page.Count > limit;
        var shown = more ? page.GetRange(0, limit) : page;
        return new ListStreamsResult(
            shown.ConvertAll(stream => new StreamSummary(stream.Arn, stream.Table, stream.Stream.Label)),
            more ? shown[^1].Arn : null);
    }

    public async Task<DescribeStreamResult> DescribeStream(DescribeStreamRequest request, CallContext call)
    {
        var stream = await RequireAsync(request.StreamArn, call);
        var shards = new List<Shard>();
        for (var shard = FirstShard(stream, request); shard < stream.Stream.Shards && shards.Count <= MaxPage; shard++)
        {
            shards.Add(await DescribeAsync(stream, shard, call));
        }

        var limit = request.Limit ?? MaxPage;
        var more = shards.Count > limit;
        shards = more ? shards.GetRange(0, limit) : shards;
        return new DescribeStreamResult(new StreamDescription(
            stream.Arn,
            stream.Stream.Label,
            stream.IsClosed ? "DISABLED" : "ENABLED",
            stream.Stream.View,
            stream.Created,
            stream.Table,
            KeySchemaOf(stream),
            shards,
            more ? shards[^1].ShardId : null));
    }

    public async Task<GetShardIteratorResult> GetShardIterator(GetShardIteratorRequest request, CallContext call)
    {
        var stream = await RequireAsync(request.StreamArn, call);
        var shard = RequireShard(stream, request.ShardId);
        var trimmed = await reader.FindTrimmedAsync(stream, shard, call.Aborted);
        var after = request.ShardIteratorType switch
        {
            "TRIM_HORIZON" => trimmed,
            "LATEST" => Math.Max(trimmed, await reader.FindEndAsync(stream, shard, call.Aborted)),
            _ => PositionBefore(request),
        };
        if (after < trimmed)
        {
            throw Trimmed();
        }

        return new GetShardIteratorResult(new ShardIterator(stream.Arn, shard, after, time.GetUtcNow()).ToString());
    }

    public async Task<GetRecordsResult> GetRecords(GetRecordsRequest request, CallContext call)
    {
        if (!ShardIterator.TryParse(request.ShardIterator, out var iterator))
        {
            throw CommonException.Validation("Invalid ShardIterator");
        }

        var now = time.GetUtcNow();
        if (iterator.IsExpired(now))
        {
            throw new ExpiredIteratorException("Shard iterator has expired");
        }

        var stream = await RequireAsync(iterator.StreamArn, call);
        if (iterator.Shard < 0 || iterator.Shard >= stream.Stream.Shards)
        {
            throw CommonException.Validation("Invalid ShardIterator");
        }

        if (iterator.After < await reader.FindTrimmedAsync(stream, iterator.Shard, call.Aborted))
        {
            throw Trimmed();
        }

        var size = new PageSize(request.Limit ?? MaxRecords, MaxBytes);
        var entries = await reader.ReadAsync(stream, iterator.Shard, iterator.After, size, call.Aborted);
        var after = entries.Count > 0 ? entries[^1].Position.Value : iterator.After;
        var ended = stream.Ends is { } ends && after >= ends[iterator.Shard];
        return new GetRecordsResult(
            [.. entries.Select(entry => StreamAnswer.ToRecord(stream, iterator.Shard, entry))],
            ended ? null : (iterator with { After = after, IssuedAt = now }).ToString());
    }

    private async Task<StreamRecord> RequireAsync(string arn, CallContext call) =>
        StreamRef.TryParse(arn, out var stream) && stream.Account == call.Account && stream.Region == call.Region
        && await reader.FindAsync(stream, call.Aborted) is { } found
            ? found
            : throw new ResourceNotFoundException($"Requested resource not found: Stream: {arn} not found");

    private static int RequireShard(StreamRecord stream, string shardId) => StreamNames.FindShard(stream, shardId)
        ?? throw new ResourceNotFoundException($"Requested resource not found: Shard: {shardId} in Stream: {stream.Arn} not found");

    /// <summary>The first shard to show. No shard here has children: a stream keeps its shards for as long as it lives.</summary>
    private static int FirstShard(StreamRecord stream, DescribeStreamRequest request)
    {
        if (request.ShardFilter is { Type: not null } filter)
        {
            RequireShard(stream, filter.ShardId ?? throw CommonException.Validation("ShardId must be specified for the filter CHILD_SHARDS"));
            return stream.Stream.Shards;
        }

        return request.ExclusiveStartShardId is { } start ? RequireShard(stream, start) + 1 : 0;
    }

    private async Task<Shard> DescribeAsync(StreamRecord stream, int shard, CallContext call)
    {
        var trimmed = await reader.FindTrimmedAsync(stream, shard, call.Aborted);
        return new Shard(
            StreamNames.ShardId(stream, shard),
            new SequenceNumberRange(
                StreamNames.Sequence(trimmed + 1),
                stream.Ends is { } ends ? StreamNames.Sequence(Math.Max(ends[shard], trimmed + 1)) : null));
    }

    private static List<StreamKeyElement> KeySchemaOf(StreamRecord stream) => stream.Keys.Sort is { } sort
        ? [new(stream.Keys.Partition.Name, "HASH"), new(sort.Name, "RANGE")]
        : [new(stream.Keys.Partition.Name, "HASH")];

    private static ulong PositionBefore(GetShardIteratorRequest request)
    {
        if (request.SequenceNumber is not { } sequence)
        {
            throw CommonException.Validation($"SequenceNumber must be specified for ShardIteratorType {request.ShardIteratorType}");
        }

        var position = StreamNames.ParseSequence(sequence) ?? throw CommonException.Validation($"Invalid SequenceNumber: {sequence}");
        return request.ShardIteratorType == "AT_SEQUENCE_NUMBER" && position > 0 ? position - 1 : position;
    }

    private static TrimmedDataAccessException Trimmed() => new("Attempt to access trimmed data");
}
