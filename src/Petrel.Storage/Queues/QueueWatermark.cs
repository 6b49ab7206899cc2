using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Petrel.Storage.Queues;

/// <summary>
/// The due time below which a queue's index is known to be empty, so that a scan does not wade through what was there before.
/// </summary>
/// <remarks>
/// Where write functions run in commit order (the embedded engines), the mark is exact: whoever puts an item in lowers it inside its own
/// transaction, before the next receive runs. Elsewhere other nodes put items in too, so that scans begin a little earlier, and now and
/// then at the very beginning. A mark is never persisted: the first scan after a start begins at the beginning.
/// </remarks>
internal sealed class QueueWatermark(bool exact)
{
    /// <summary>Longer than a transaction lives, and than the clocks of a cluster differ.</summary>
    private const long SlackMs = 10_000;

    /// <summary>How often a scan begins at the beginning where the mark is not exact.</summary>
    private const long FullScanEveryMs = 30_000;

    private readonly Lock _gate = new();
    private long _empty = long.MinValue;
    private long _fullScanAt = long.MinValue;

    /// <summary>One receive at a time: more would only meet each other at the same items.</summary>
    public SemaphoreSlim Receiving { get; } = new(1);

    /// <summary>An item becomes due at this time.</summary>
    public void Lower(long due)
    {
        lock (_gate)
        {
            _empty = Math.Min(_empty, due);
        }
    }

    public long ScanFrom(long now)
    {
        lock (_gate)
        {
            if (exact)
            {
                return Math.Max(_empty, 0);
            }

            if (now - FullScanEveryMs >= _fullScanAt)
            {
                _fullScanAt = now;
                return 0;
            }

            return Math.Max(_empty - SlackMs, 0);
        }
    }

    /// <summary>A scan found nothing below this time.</summary>
    public void Raise(long empty)
    {
        lock (_gate)
        {
            _empty = empty;
        }
    }

    /// <summary>A transaction failed after it moved the mark: the next scan begins at the beginning.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            (_empty, _fullScanAt) = (long.MinValue, long.MinValue);
        }
    }
}

/// <summary>The marks of all queues of an engine, shared by everyone who works on it: a mark that misses an item would hide it.</summary>
internal sealed class QueueWatermarks
{
    /// <summary>Queues whose marks are remembered; another begins at the beginning of its index once more.</summary>
    private const int MaxMarks = 10_000;

    private static readonly ConditionalWeakTable<object, QueueWatermarks> ByEngine = [];

    private readonly ConcurrentDictionary<ulong, QueueWatermark> _marks = new();
    private bool _exact;

    public static QueueWatermarks Of(IStore store)
    {
        var traits = store as IStoreTraits;
        var marks = ByEngine.GetOrCreateValue(traits?.Engine ?? store);
        marks._exact = traits is { RunsWritesInOrder: true };
        return marks;
    }

    public QueueWatermark Of(ulong queue)
    {
        if (_marks.Count > MaxMarks)
        {
            _marks.Clear();
        }

        return _marks.GetOrAdd(queue, static (_, exact) => new QueueWatermark(exact), _exact);
    }
}
