using Petrel.Aws.Logs;
using Petrel.Server.Services.Logs.Model;
using Petrel.Server.Services.Logs.Store;
using Petrel.Server.Services.Logs.Store.Segments;
using Petrel.Wire;

namespace Petrel.Server.Services.Logs.Api;

/// <content>Streams.</content>
internal sealed partial class LogsService
{
    private const int DefaultStreams = 50;
    private const string ByTime = "LastEventTime";

    public async Task CreateLogStream(CreateLogStreamRequest request, CallContext call)
    {
        var key = KeyOf(request.LogGroupName, call);
        var group = await GetGroupAsync(key, call);
        if (await FindStreamAsync(key, group, request.LogStreamName, call) is not null)
        {
            throw new ResourceAlreadyExistsException("The specified log stream already exists");
        }

        var stream = new StreamState(ids.NextId(), request.LogStreamName, Now());
        await store.WriteAsync(
            async tx =>
            {
                var current = await LogGroupStore.FindAsync(tx, key) ?? throw ResourceNotFoundException.Group();
                if (await LogGroupStore.FindStreamAsync(tx, current, stream.Name) is not null)
                {
                    throw new ResourceAlreadyExistsException("The specified log stream already exists");
                }

                LogGroupStore.PutStream(tx, current, stream);
                return stream;
            },
            call.Aborted);
    }

    public async Task DeleteLogStream(DeleteLogStreamRequest request, CallContext call)
    {
        var key = KeyOf(request.LogGroupName, call);
        var group = await GetGroupAsync(key, call);
        var streams = (await StreamsAsync(key, group, call)).Where(s => s.Identity.Name == request.LogStreamName).ToList();
        if (streams.Count == 0)
        {
            throw ResourceNotFoundException.Stream();
        }

        // The events are hidden first: a crash in between leaves an empty stream, never a lost one with events.
        await logs.Open(key).DeleteStreamAsync(streams.Select(s => s.Identity.Id));
        await store.WriteAsync(
            tx =>
            {
                LogGroupStore.DeleteStream(tx, group, request.LogStreamName);
                return ValueTask.FromResult(0);
            },
            call.Aborted);
    }

    public async Task<DescribeLogStreamsResult> DescribeLogStreams(DescribeLogStreamsRequest request, CallContext call)
    {
        var byTime = request.OrderBy == ByTime;
        if (byTime && request.LogStreamNamePrefix is not null)
        {
            throw new InvalidParameterException("Cannot order by LastEventTime with a logStreamNamePrefix.");
        }

        var key = KeyOf(request.LogGroupName, request.LogGroupIdentifier, call);
        var streams = await StreamsAsync(key, await GetGroupAsync(key, call), call);
        var wanted = streams
            .Where(s => request.LogStreamNamePrefix is not { } prefix || s.Identity.Name.StartsWith(prefix, StringComparison.Ordinal))
            .Select(s => (Order: byTime ? $"{LastTime(s):D20} {s.Identity.Name}" : s.Identity.Name, Stream: s));
        var after = ReadToken(request.NextToken);
        var limit = request.Limit ?? DefaultStreams;
        var sorted = request.Descending
            ? wanted.Where(s => after is null || string.CompareOrdinal(s.Order, after) < 0).OrderByDescending(s => s.Order, StringComparer.Ordinal)
            : wanted.Where(s => after is null || string.CompareOrdinal(s.Order, after) > 0).OrderBy(s => s.Order, StringComparer.Ordinal);
        var page = sorted.Take(limit + 1).ToList();
        return new DescribeLogStreamsResult(
            [.. page.Take(limit).Select(s => Describe(key, s.Stream))],
            page.Count > limit ? WriteToken(page[limit - 1].Order) : null);
    }

    /// <summary>A stream without events stands where it was made.</summary>
    private static long LastTime(StreamSummary stream) => stream.Events > 0 ? stream.LastTime : stream.Identity.CreatedAt;

    private static LogStream Describe(GroupKey key, StreamSummary stream) => new(
        stream.Identity.Name,
        stream.Identity.CreatedAt,
        $"{ArnOf(key)}:log-stream:{stream.Identity.Name}",
        StoredBytes: 0,
        stream.Events > 0 ? stream.FirstTime : null,
        stream.Events > 0 ? stream.LastTime : null,
        stream.Events > 0 ? stream.LastIngestion : null,
        SequenceToken(stream.Identity.Id));

    /// <summary>Clients of old pass it back; nothing depends on it.</summary>
    private static string SequenceToken(ulong number) => number.ToString("D56");
}
