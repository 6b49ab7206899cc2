using Petrel.Server.Services.Lambda.Model;

namespace Petrel.Server.Services.Lambda.EventSources.Model;

/// <summary>What is decided of the records that wait in a lane.</summary>
/// <param name="Take">So many, from the first, are a batch now; 0 for none yet.</param>
/// <param name="Window">The tumbling window of the batch, or the one that is closed; null without windows.</param>
/// <param name="Closes">The window ends now, with an invocation of its own.</param>
/// <param name="Until">When to decide again although nothing came; null when only a record can change something.</param>
internal readonly record struct CutDecision(int Take, DateTimeOffset? Window = null, bool Closes = false, DateTimeOffset? Until = null);

/// <summary>What a decision looks at of a record that waits.</summary>
internal readonly record struct Waiting(int Bytes, DateTimeOffset ArrivedAt);

/// <summary>
/// When a batch goes to the function: it has as many records as a batch may, or as many bytes as an event may, or the oldest of them has
/// waited for the batching window. With tumbling windows, a batch is of one window, and a window ends when a record of a later one
/// comes or when its time is over.
/// </summary>
internal static class BatchCut
{
    /// <summary>Lambda's limit of an event, and room for what stands around the records.</summary>
    public const int MaxBytes = 6 * 1024 * 1024 - 64 * 1024;

    /// <summary>A record may come a little later than its own time says.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <param name="firstWaitsSince">When the first of them came into the lane.</param>
    /// <param name="open">The window that is open; null when none is.</param>
    /// <param name="pressed">No more records fit into memory: a batch goes with what there is.</param>
    public static CutDecision Decide(
        IReadOnlyList<Waiting> waiting,
        DateTimeOffset firstWaitsSince,
        WindowState? open,
        MappingSettings settings,
        bool pressed,
        DateTimeOffset now)
    {
        var tumbling = TimeSpan.FromSeconds(settings.TumblingSeconds);
        if (open is not null && Closes(waiting, open, tumbling, now))
        {
            return new CutDecision(0, open.Start, Closes: true);
        }

        var until = open is null ? null : (DateTimeOffset?)(open.Start + tumbling + Grace);
        if (waiting.Count == 0)
        {
            return new CutDecision(0, Until: until);
        }

        var window = settings.TumblingSeconds == 0 ? (DateTimeOffset?)null : open?.Start ?? WindowOf(waiting[0].ArrivedAt, tumbling);
        var (count, full) = Measure(waiting, window + tumbling, open?.State.Length ?? 0, settings);
        var due = firstWaitsSince + TimeSpan.FromSeconds(settings.WindowSeconds);
        if (full || pressed || due <= now)
        {
            return new CutDecision(count, window);
        }

        return new CutDecision(0, Until: until < due ? until : due);
    }

    /// <summary>Windows begin at whole multiples of their length since 1970.</summary>
    public static DateTimeOffset WindowOf(DateTimeOffset at, TimeSpan length) => at - new TimeSpan((at - DateTimeOffset.UnixEpoch).Ticks % length.Ticks);

    /// <summary>A record of an earlier window than the open one belongs to the open one: it is too late for its own.</summary>
    private static bool Closes(IReadOnlyList<Waiting> waiting, WindowState open, TimeSpan tumbling, DateTimeOffset now) =>
        open.Oversized
        || tumbling == TimeSpan.Zero
        || (waiting.Count > 0 ? waiting[0].ArrivedAt >= open.Start + tumbling : now >= open.Start + tumbling + Grace);

    /// <param name="end">Of the tumbling window; null without windows.</param>
    private static (int Count, bool Full) Measure(
        IReadOnlyList<Waiting> waiting, DateTimeOffset? end, long bytes, MappingSettings settings)
    {
        var count = 0;
        while (count < waiting.Count && count < settings.BatchSize)
        {
            bytes += waiting[count].Bytes + 1;
            if (count > 0 && (bytes > MaxBytes || waiting[count].ArrivedAt >= end))
            {
                return (count, Full: true);
            }

            count++;
        }

        return (count, Full: count == settings.BatchSize);
    }
}
