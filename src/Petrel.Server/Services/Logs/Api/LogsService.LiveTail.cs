using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Petrel.Aws.Logs;
using Petrel.Server.Edge;
using Petrel.Server.Services.Logs.Model;
using Petrel.Wire;

namespace Petrel.Server.Services.Logs.Api;

/// <content>Live tails.</content>
internal sealed partial class LogsService
{
    /// <summary>Events of one update; more are left out, and the update says so.</summary>
    private const int MaxUpdateEvents = 500;

    private static readonly TimeSpan UpdatePeriod = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxSession = TimeSpan.FromHours(3);

    public async Task<StartLiveTailResult> StartLiveTail(StartLiveTailRequest request, CallContext call)
    {
        if (request.LogStreamNames is not null && request.LogStreamNamePrefixes is not null)
        {
            throw new InvalidParameterException("logStreamNames and logStreamNamePrefixes are mutually exclusive parameters.");
        }

        if ((request.LogStreamNames ?? request.LogStreamNamePrefixes) is not null && request.LogGroupIdentifiers.Count > 1)
        {
            throw new InvalidParameterException("Log streams can be chosen when there is one log group only.");
        }

        ParseFilter(request.LogEventFilterPattern);
        var groups = request.LogGroupIdentifiers.Select(i => KeyOf(null, i, call)).ToList();
        foreach (var group in groups)
        {
            await authorizer.AuthorizeAsync(new AccessCheck("logs:StartLiveTail", LogResources.Arn(group)), call);
            await GetGroupAsync(group, call);
        }

        return new StartLiveTailResult(RunLiveTailAsync(request, groups, call));
    }

    private async IAsyncEnumerable<LiveTailEvent> RunLiveTailAsync(
        StartLiveTailRequest request,
        List<GroupKey> groups,
        CallContext call,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(call.Aborted, cancellationToken);
        var session = new LiveSession();
        var pumps = groups.ConvertAll(group => PumpAsync(group, request, session, ended.Token));
        try
        {
            yield return new SessionStart(
                call.RequestId,
                ids.NextGuid().ToString(),
                request.LogGroupIdentifiers,
                request.LogStreamNames,
                request.LogStreamNamePrefixes,
                request.LogEventFilterPattern);
            var start = time.GetTimestamp();
            using var timer = new PeriodicTimer(UpdatePeriod, time);
            while (await timer.WaitForNextTickAsync(ended.Token))
            {
                if (time.GetElapsedTime(start) > MaxSession)
                {
                    throw new SessionTimeoutException("The live tail session reached its limit of three hours.");
                }

                yield return session.Take();
            }
        }
        finally
        {
            await ended.CancelAsync();
            await Task.WhenAll(pumps);
        }
    }

    private async Task PumpAsync(GroupKey group, StartLiveTailRequest request, LiveSession session, CancellationToken cancellationToken)
    {
        var follow = new TailRequest(group.Account, group.Region, group.Name, Filter: request.LogEventFilterPattern);
        try
        {
            await foreach (var item in tail.FollowAsync(follow, cancellationToken))
            {
                if (IsChosen(item.LogStream, request))
                {
                    session.Add(new LiveTailSessionLogEvent(
                        item.LogStream,
                        ArnOf(group),
                        item.Message,
                        item.Timestamp.ToUnixTimeMilliseconds(),
                        item.IngestionTime.ToUnixTimeMilliseconds()));
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The session is over.
        }
    }

    private static bool IsChosen(string stream, StartLiveTailRequest request) =>
        request.LogStreamNames?.Contains(stream, StringComparer.Ordinal) != false
        && request.LogStreamNamePrefixes?.Any(p => stream.StartsWith(p, StringComparison.Ordinal)) != false;

    /// <summary>What came since the last update.</summary>
    private sealed class LiveSession
    {
        private readonly Channel<LiveTailSessionLogEvent> _events = Channel.CreateBounded<LiveTailSessionLogEvent>(MaxUpdateEvents);
        private volatile bool _sampled;

        public void Add(LiveTailSessionLogEvent item)
        {
            if (!_events.Writer.TryWrite(item))
            {
                _sampled = true;
            }
        }

        public SessionUpdate Take()
        {
            var sampled = _sampled;
            _sampled = false;
            var events = new List<LiveTailSessionLogEvent>();
            while (events.Count < MaxUpdateEvents && _events.Reader.TryRead(out var item))
            {
                events.Add(item);
            }

            return new SessionUpdate(new LiveTailSessionMetadata(sampled), events);
        }
    }
}
