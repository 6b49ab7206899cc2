using Petrel.Server.Services.Logs.Model;
using Petrel.Server.Services.Logs.Model.Filters;

namespace Petrel.Server.Services.Logs.Store.Segments;

/// <summary>Which events are wanted, and how many at once.</summary>
internal sealed record LogQuery
{
    /// <summary>Only later events; the position of a page's last event gives the next page.</summary>
    public EventKey After { get; init; } = EventKey.First;

    /// <summary>Only earlier events.</summary>
    public EventKey Before { get; init; } = EventKey.Last;

    /// <summary>The latest of them rather than the earliest. A page is in the order of time either way.</summary>
    public bool Backward { get; init; }

    /// <summary>Ids of the wanted streams; null for all.</summary>
    public IReadOnlySet<ulong>? Streams { get; init; }

    public IEventFilter? Filter { get; init; }

    /// <summary>Events of a page: the service's own limit.</summary>
    public int Limit { get; init; } = 10_000;

    /// <summary>Bytes of a page, messages and 26 each: the service's own limit.</summary>
    public int MaxBytes { get; init; } = 1024 * 1024;

    /// <summary>Bytes that are searched for a page; with a filter that matches little, a page ends here, short or empty.</summary>
    public long ScanBytes { get; init; } = 32 * 1024 * 1024;
}

/// <summary>An event as it was read.</summary>
internal sealed record StoredEvent(EventKey Key, long IngestedAt, StreamIdentity Stream, byte[] Message)
{
    /// <summary>What an event counts beside its message: the service's own figure.</summary>
    public const int Overhead = 26;

    public int Bytes => Message.Length + Overhead;
}

/// <param name="Next">Where the next page begins, exclusive; null when the range is exhausted.</param>
internal sealed record LogPage(IReadOnlyList<StoredEvent> Events, EventKey? Next);

/// <summary>What is known of a stream over all segments.</summary>
internal sealed record StreamSummary(StreamIdentity Identity, long FirstTime, long LastTime, long LastIngestion, long Events);
