using System.Runtime.CompilerServices;
using System.Text;
using Petrel.Aws.Logs;
using Petrel.Server.Services.Logs.Model;
using Petrel.Server.Services.Logs.Model.Filters;
using Petrel.Server.Services.Logs.Store;
using Petrel.Server.Services.Logs.Store.Segments;

namespace Petrel.Server.Services.Logs.Api;

/// <summary>Follows a group: a cursor in the order of arrival, moved on whenever something was written.</summary>
internal sealed class LogTail(LogDirectory logs) : ILogTail
{
    private const int BatchEvents = 500;

    public async IAsyncEnumerable<TailEvent> FollowAsync(TailRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var key = new GroupKey(request.Account, request.Region, request.LogGroup);
        var filter = FilterPattern.Parse(request.Filter);
        var log = logs.Open(key);
        var cursor = await log.LastSequenceAsync();
        if (request.Since is { } since)
        {
            await foreach (var past in PastAsync(log, since.ToUnixTimeMilliseconds(), filter).WithCancellation(cancellationToken))
            {
                if (past.Key.Sequence <= cursor)
                {
                    yield return Describe(request, past);
                }
            }
        }

        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (log.Deleted)
            {
                (log, cursor) = (logs.Open(key), 0);
            }

            // Taken before the look, so that what comes in between is not waited for.
            var arrival = log.WaitForArrivalAsync();
            var fresh = await log.ReadArrivedAsync(cursor, BatchEvents);
            foreach (var entry in fresh)
            {
                cursor = entry.Key.Sequence;
                if (filter?.Matches(entry.Message) != false)
                {
                    yield return Describe(request, entry);
                }
            }

            if (fresh.Count == 0)
            {
                await arrival.WaitAsync(cancellationToken);
            }
        }
    }

    private static async IAsyncEnumerable<StoredEvent> PastAsync(GroupLog log, long since, IEventFilter? filter)
    {
        EventKey? next = new EventKey(since, 0);
        while (next is { } after)
        {
            var page = await log.ReadAsync(new LogQuery { After = after, Filter = filter });
            foreach (var entry in page.Events)
            {
                yield return entry;
            }

            next = page.Next;
        }
    }

    private static TailEvent Describe(TailRequest request, StoredEvent stored) => new(
        request.LogGroup,
        stored.Stream.Name,
        DateTimeOffset.FromUnixTimeMilliseconds(stored.Key.Time),
        DateTimeOffset.FromUnixTimeMilliseconds(stored.IngestedAt),
        Encoding.UTF8.GetString(stored.Message));
}
