using System.Text;
using Petrel.Aws.Logs;
using Petrel.Server.Services.Logs.Model;
using Petrel.Server.Services.Logs.Store.Segments;
using Petrel.Wire;

namespace Petrel.Server.Services.Logs.Api;

/// <content>Events.</content>
internal sealed partial class LogsService
{
    private const int DefaultEvents = 10_000;

    public async Task<PutLogEventsResult> PutLogEvents(PutLogEventsRequest request, CallContext call)
    {
        var key = KeyOf(request.LogGroupName, call);
        var group = await GetGroupAsync(key, call);
        var messages = request.LogEvents.Select(e => Encoding.UTF8.GetBytes(e.Message)).ToList();
        LogRules.CheckBatch(request.LogEvents, messages.Sum(m => (long)m.Length));
        var stream = await FindStreamAsync(key, group, request.LogStreamName, call) ?? throw ResourceNotFoundException.Stream();
        var (taken, rejected) = LogRules.Sort(request.LogEvents, group, Now());
        var (start, count) = taken.GetOffsetAndLength(request.LogEvents.Count);
        if (count > 0)
        {
            var log = logs.Open(key);
            var entry = log.UseStream(stream.Name, stream.Id, stream.CreatedAt);
            var batch = new BlockBuilder();
            for (var i = start; i < start + count; i++)
            {
                batch.TryAddEvent(entry, request.LogEvents[i].Timestamp, messages[i], int.MaxValue);
            }

            if (!log.TryAppendBatch(batch))
            {
                batch.Dispose();
                throw new LogsThrottlingException("Rate exceeded");
            }

            await log.FlushAsync(toDisk: true);
        }

        return new PutLogEventsResult(SequenceToken(ids.NextId()), rejected);
    }

    public async Task<GetLogEventsResult> GetLogEvents(GetLogEventsRequest request, CallContext call)
    {
        var key = KeyOf(request.LogGroupName, request.LogGroupIdentifier, call);
        var group = await GetGroupAsync(key, call);
        var stream = await FindStreamAsync(key, group, request.LogStreamName, call) ?? throw ResourceNotFoundException.Stream();
        var token = request.NextToken is { } text ? EventTokens.Read(text) : ((EventKey Key, bool Backward)?)null;
        var query = Between(request.StartTime, request.EndTime, group) with
        {
            Backward = token?.Backward ?? !request.StartFromHead,
            Streams = new HashSet<ulong> { stream.Id },
            Limit = request.Limit ?? DefaultEvents,
        };
        var page = await logs.Open(key).ReadAsync(Continue(query, token?.Key));
        var events = page.Events.Select(e => new OutputLogEvent(e.Key.Time, Encoding.UTF8.GetString(e.Message), e.IngestedAt)).ToList();
        var (forward, backward) = Tokens(page, token, request);
        return new GetLogEventsResult(events, forward, backward);
    }

    public async Task<FilterLogEventsResult> FilterLogEvents(FilterLogEventsRequest request, CallContext call)
    {
        if (request.LogStreamNames is not null && request.LogStreamNamePrefix is not null)
        {
            throw new InvalidParameterException("logStreamNames and logStreamNamePrefix are mutually exclusive parameters.");
        }

        var key = KeyOf(request.LogGroupName, request.LogGroupIdentifier, call);
        var group = await GetGroupAsync(key, call);
        var query = Between(request.StartTime, request.EndTime, group) with
        {
            Filter = ParseFilter(request.FilterPattern),
            Streams = await ChooseStreamsAsync(request, key, group, call),
            Limit = request.Limit ?? DefaultEvents,
        };
        var page = await logs.Open(key).ReadAsync(Continue(query, request.NextToken is { } token ? EventTokens.ReadId(token) : null));
        return new FilterLogEventsResult(
            [.. page.Events.Select(Describe)], [], page.Next is { } next ? EventTokens.Id(next) : null);
    }

    public Task<TestMetricFilterResult> TestMetricFilter(TestMetricFilterRequest request, CallContext call)
    {
        var filter = ParseFilter(request.FilterPattern);
        var matches = request.LogEventMessages
            .Select((message, index) => (message, index))
            .Where(m => filter?.Matches(Encoding.UTF8.GetBytes(m.message)) != false)
            .Select(m => new MetricFilterMatch(m.index + 1, m.message, new Dictionary<string, string>()));
        return Task.FromResult(new TestMetricFilterResult([.. matches]));
    }

    /// <summary>The times asked for, without what the group's retention has ended. The end is exclusive.</summary>
    private LogQuery Between(long? startTime, long? endTime, GroupState group)
    {
        if (startTime > endTime)
        {
            throw new InvalidParameterException("startTime must be less than or equal to endTime");
        }

        var start = Math.Max(startTime ?? 0, LogRules.Horizon(group, Now()));
        return new LogQuery { After = new EventKey(start, 0), Before = endTime is { } end ? new EventKey(end, 0) : EventKey.Last };
    }

    private static LogQuery Continue(LogQuery query, EventKey? from)
    {
        if (from is not { } key)
        {
            return query;
        }

        return query.Backward
            ? query with { Before = key < query.Before ? key : query.Before }
            : query with { After = key > query.After ? key : query.After };
    }

    /// <summary>
    /// A page's tokens lead on from its ends. At the end of a stream the token that was given is given back: clients take that for the end.
    /// </summary>
    private static (string Forward, string Backward) Tokens(LogPage page, (EventKey Key, bool Backward)? token, GetLogEventsRequest request)
    {
        if (page.Events.Count > 0)
        {
            return (EventTokens.Forward(page.Events[^1].Key), EventTokens.Backward(page.Events[0].Key));
        }

        // An empty page stands between two events: each token leads to the one on its side.
        return token switch
        {
            { Backward: false, Key: var key } => (request.NextToken!, EventTokens.Backward(key with { Sequence = key.Sequence + 1 })),
            { Backward: true, Key: var key } => (EventTokens.Forward(key with { Sequence = Math.Max(key.Sequence, 1) - 1 }), request.NextToken!),
            _ => (EventTokens.Forward(new EventKey(request.StartTime ?? 0, 0)), EventTokens.Backward(new EventKey(request.StartTime ?? 0, 0))),
        };
    }

    private async Task<HashSet<ulong>?> ChooseStreamsAsync(FilterLogEventsRequest request, GroupKey key, GroupState group, CallContext call)
    {
        if (request.LogStreamNames is null && request.LogStreamNamePrefix is null)
        {
            return null;
        }

        var streams = await StreamsAsync(key, group, call);
        if (request.LogStreamNamePrefix is { } prefix)
        {
            return [.. streams.Where(s => s.Identity.Name.StartsWith(prefix, StringComparison.Ordinal)).Select(s => s.Identity.Id)];
        }

        var names = request.LogStreamNames!.ToHashSet(StringComparer.Ordinal);
        var chosen = streams.Where(s => names.Contains(s.Identity.Name)).ToList();
        return chosen.Select(s => s.Identity.Name).Distinct(StringComparer.Ordinal).Count() == names.Count
            ? [.. chosen.Select(s => s.Identity.Id)]
            : throw ResourceNotFoundException.Stream();
    }

    private static FilteredLogEvent Describe(StoredEvent stored) => new(
        stored.Stream.Name,
        stored.Key.Time,
        Encoding.UTF8.GetString(stored.Message),
        stored.IngestedAt,
        EventTokens.Id(stored.Key));
}
