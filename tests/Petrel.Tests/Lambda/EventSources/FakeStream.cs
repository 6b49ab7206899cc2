using System.Text;
using Petrel.Aws.EventSources;
using Petrel.Storage;

namespace Petrel.Tests.Lambda.EventSources;

/// <summary>A stream of plain JSON records in a log of the store.</summary>
internal sealed class FakeStream(IStore store, TimeProvider time, int shards = 1) : IEventStream
{
    public const string Arn = "arn:aws:dynamodb:eu-west-1:111111111111:table/t/stream/2026-01-01T00:00:00.000";

    private readonly EventLog _log = new(store, time);
    private readonly EventLogId _id = new(4711, shards);

    public bool Gone { get; set; }

    public bool Closed { get; set; }

    public EventSourceTraits Traits { get; init; } = new()
    {
        DefaultBatchSize = 100,
        StartingPositions = ["LATEST", "TRIM_HORIZON"],
        IsStream = true,
        UserReason = "User action",
        RequiredActions = ["dynamodb:GetRecords"],
        AccessProblem = "Cannot access stream {0}.",
        MissingProblem = "Stream not found: {0}",
        BatchInfoMember = "DDBStreamBatchInfo",
        BatchInfoTimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'",
    };

    public bool Owns(string arn) => arn == Arn;

    public ValueTask<bool> ExistsAsync(string arn, CancellationToken cancellationToken) => new(!Gone);

    public ValueTask<IReadOnlyList<EventShard>> ListShardsAsync(string arn, CancellationToken cancellationToken) =>
        new(Gone ? [] : [.. Enumerable.Range(0, shards).Select(shard => new EventShard($"shard-{shard}"))]);

    public ValueTask<ulong> FindStartAsync(string arn, string shardId, StreamStart start, CancellationToken cancellationToken) =>
        start.Point == StartingPoint.Latest
            ? store.ReadAsync(async tx => (await _log.FindEndAsync(tx, _id, ShardOf(shardId))).Value, cancellationToken)
            : new(0);

    public async ValueTask<EventPage> ReadAsync(string arn, string shardId, ulong after, PageLimits limits, CancellationToken cancellationToken)
    {
        var closed = Closed;
        var size = new PageSize(limits.MaxRecords, limits.MaxBytes);
        var entries = await _log.ReadAsync(_id, ShardOf(shardId), new LogPosition(after), size, cancellationToken);
        var records = entries.Select(entry => new StreamEvent(
            entry.Position.Value,
            $"{entry.Position.Value}",
            entry.At,
            entry.Key,
            Encoding.UTF8.GetBytes($$"""{"key":"{{entry.Key}}","n":{{Encoding.UTF8.GetString(entry.Value.Span)}},"sequence":"{{entry.Position.Value}}"}""")));
        return new EventPage([.. records], entries.Count > 0 ? entries[^1].Position.Value : after, closed && entries.Count == 0);
    }

    public ValueTask<IDisposable> SubscribeAsync(string arn, Action wake, CancellationToken cancellationToken) =>
        new(store.Subscribe(EventLog.Topic(_id), wake));

    /// <summary>Appends records, all in one transaction.</summary>
    public Task AddAsync(params IEnumerable<(string Key, int Number)> records) => store.WriteAsync(tx =>
    {
        foreach (var (key, number) in records)
        {
            _log.Append(tx, _id, key, Encoding.UTF8.GetBytes($"{number}"));
        }

        return new ValueTask<bool>(true);
    }).AsTask();

    private static int ShardOf(string shardId) => int.Parse(shardId["shard-".Length..]);
}
