using Petrel.Aws.EventSources;
using Petrel.Server.Services.DynamoDb.Model.Streams;
using Petrel.Storage;
using StreamReader = Petrel.Server.Services.DynamoDb.Store.Streams.StreamReader;

namespace Petrel.Server.Services.DynamoDb.Api.Streams;

/// <summary>Table streams as event source mappings read them.</summary>
internal sealed class TableStreamSource(StreamReader reader) : IEventStream
{
    public EventSourceTraits Traits { get; } = new()
    {
        DefaultBatchSize = 100,
        StartingPositions = ["LATEST", "TRIM_HORIZON"],
        IsStream = true,
        UserReason = "User action",
        RequiredActions = ["dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream"],
        AccessProblem = "Cannot access stream {0}. Please ensure the role can perform the GetRecords, GetShardIterator, DescribeStream, "
            + "and ListStreams Actions on your stream in IAM.",
        MissingProblem = "Stream not found: {0}",
        BatchInfoMember = "DDBStreamBatchInfo",
        BatchInfoTimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'",
        Retention = StreamRecord.Retention,
    };

    public bool Owns(string arn) => StreamRef.TryParse(arn, out _);

    public async ValueTask<bool> ExistsAsync(string arn, CancellationToken cancellationToken) => await FindAsync(arn, cancellationToken) is not null;

    public async ValueTask<IReadOnlyList<EventShard>> ListShardsAsync(string arn, CancellationToken cancellationToken) =>
        await FindAsync(arn, cancellationToken) is { } stream
            ? [.. Enumerable.Range(0, stream.Stream.Shards).Select(shard => new EventShard(StreamNames.ShardId(stream, shard)))]
            : [];

    public async ValueTask<ulong> FindStartAsync(string arn, string shardId, StreamStart start, CancellationToken cancellationToken) =>
        start.Point == StartingPoint.Latest
        && await FindAsync(arn, cancellationToken) is { } stream && StreamNames.FindShard(stream, shardId) is { } shard
            ? await reader.FindEndAsync(stream, shard, cancellationToken)
            : 0;

    public async ValueTask<EventPage> ReadAsync(string arn, string shardId, ulong after, PageLimits limits, CancellationToken cancellationToken)
    {
        if (await FindAsync(arn, cancellationToken) is not { } stream || StreamNames.FindShard(stream, shardId) is not { } shard)
        {
            return new EventPage([], after, AtEnd: false);
        }

        // The stream was read first: when it was closed by then, nothing can have come in after what is read now.
        var entries = await reader.ReadAsync(stream, shard, after, new PageSize(limits.MaxRecords, limits.MaxBytes), cancellationToken);
        var records = new List<StreamEvent>(entries.Count);
        foreach (var entry in entries)
        {
            var json = StreamAnswer.ToEventJson(stream, shard, entry);
            records.Add(new StreamEvent(entry.Position.Value, StreamNames.Sequence(entry.Position.Value), entry.At, entry.Key, json));
        }

        return new EventPage(records, records.Count > 0 ? records[^1].Position : after, AtEnd: records.Count == 0 && stream.IsClosed);
    }

    public async ValueTask<IDisposable> SubscribeAsync(string arn, Action wake, CancellationToken cancellationToken) =>
        await FindAsync(arn, cancellationToken) is { } stream ? reader.Subscribe(stream, wake) : Nothing.Instance;

    private ValueTask<StreamRecord?> FindAsync(string arn, CancellationToken cancellationToken) =>
        StreamRef.TryParse(arn, out var stream) ? reader.FindAsync(stream, cancellationToken) : new((StreamRecord?)null);

    private sealed class Nothing : IDisposable
    {
        public static readonly Nothing Instance = new();

        public void Dispose()
        {
        }
    }
}
