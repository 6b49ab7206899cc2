using Petrel.Server.Services.Logs.Model;

namespace Petrel.Server.Services.Logs.Store.Segments;

/// <summary>
/// Keeps the events of one page while runs are searched in any order: the earliest ones (or the latest, backward), as many as the page's
/// count and bytes allow. Memory is bounded by the page, however many events are seen.
/// </summary>
internal sealed class PageBuilder(LogQuery query)
{
    private readonly PriorityQueue<StoredEvent, EventKey> _entries =
        new(query.Backward ? Comparer<EventKey>.Default : Comparer<EventKey>.Create((a, b) => b.CompareTo(a)));

    private long _bytes;
    private bool _overflowed;

    /// <summary>Whether an event at this place would still come into the page.</summary>
    public bool Wants(EventKey key) => !_overflowed || !_entries.TryPeek(out _, out var edge) || IsNearer(key, edge);

    /// <summary>Whether any event of these times would.</summary>
    public bool Wants(in IndexRun run) => Wants(query.Backward ? new EventKey(run.MaxTime, ulong.MaxValue) : new EventKey(run.MinTime, 0));

    /// <summary>Takes an event, unless a nearer one has already been left to the next page: a page has no holes.</summary>
    public void Add(StoredEvent entry)
    {
        if (!Wants(entry.Key))
        {
            return;
        }

        _entries.Enqueue(entry, entry.Key);
        _bytes += entry.Bytes;
        while (_entries.Count > query.Limit || (_entries.Count > 1 && _bytes > query.MaxBytes))
        {
            _bytes -= _entries.Dequeue().Bytes;
            _overflowed = true;
        }
    }

    /// <summary>The page, in the order of time.</summary>
    /// <param name="cut">The search stopped before this place: only what is nearer is complete.</param>
    public LogPage Build(EventKey? cut)
    {
        var events = _entries.UnorderedItems
            .Select(item => item.Element)
            .Where(e => cut is not { } limit || IsNearer(e.Key, limit))
            .OrderBy(e => e.Key)
            .ToList();
        if (cut is { } stopped && (!_overflowed || events.Count == 0 || !IsNearer(events[query.Backward ? 0 : ^1].Key, stopped)))
        {
            return new LogPage(events, stopped);
        }

        return new LogPage(events, _overflowed && events.Count > 0 ? events[query.Backward ? 0 : ^1].Key : null);
    }

    private bool IsNearer(EventKey key, EventKey edge) => query.Backward ? key > edge : key < edge;
}
