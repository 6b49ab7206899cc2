using Petrel.Server.Services.Lambda.Model;

namespace Petrel.Server.Services.Lambda.EventSources.Model;

/// <summary>A run of a batch's records that goes to the function together.</summary>
/// <param name="From">Index of its first record in the batch.</param>
/// <param name="Runs">Attempts in which the function ran and failed with its first record.</param>
internal readonly record struct Slice(int From, int Count, int Runs = 0)
{
    public int End => From + Count;
}

/// <summary>How one attempt at a slice ended.</summary>
internal enum SliceOutcome
{
    Success,

    /// <summary>The function failed, or its answer says that all did.</summary>
    Failed,

    /// <summary>The function's answer names the first record that failed.</summary>
    Partial,
}

/// <summary>What follows from an attempt.</summary>
/// <param name="Done">So many records of the slice, from its start, are through.</param>
/// <param name="Discard">Is given up; null for nothing.</param>
/// <param name="Condition">Why, as the record of the failure says it.</param>
/// <param name="Next">What is tried next, in this order.</param>
internal sealed record SliceDecision(int Done, Slice? Discard, string? Condition, IReadOnlyList<Slice> Next)
{
    public static SliceDecision AllDone(Slice slice) => new(slice.Count, null, null, []);
}

/// <summary>
/// The rules of retries: a failed slice is tried again, as often and as long as the mapping says, or is split in two first; records before
/// the first that failed are through.
/// </summary>
internal static class BatchRules
{
    public const string RetriesExhausted = "RetryAttemptsExhausted";
    public const string AgeExceeded = "RecordAgeExceeded";

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    /// <param name="failedAt">Of a <see cref="SliceOutcome.Partial"/>: the index within the slice of the first record that failed.</param>
    public static SliceDecision Decide(Slice slice, SliceOutcome outcome, int failedAt, MappingSettings settings)
    {
        if (outcome == SliceOutcome.Success)
        {
            return SliceDecision.AllDone(slice);
        }

        var done = outcome == SliceOutcome.Partial ? failedAt : 0;

        // Splitting is no retry, neither in halves nor where the first record failed: each part has all its own attempts.
        var runs = done == 0 ? slice.Runs + 1 : settings.Bisects ? 0 : 1;
        var left = new Slice(slice.From + done, slice.Count - done, runs);
        if (settings.Bisects && done == 0 && left.Count > 1)
        {
            var half = left.Count / 2;
            return new SliceDecision(0, null, null, [new Slice(left.From, half), new Slice(left.From + half, left.Count - half)]);
        }

        return settings.MaxRetries >= 0 && left.Runs > settings.MaxRetries
            ? new SliceDecision(done, left, RetriesExhausted, [])
            : new SliceDecision(done, null, null, [left]);
    }

    /// <summary>The records at a slice's start that are too old to be tried; 0 when none is.</summary>
    /// <param name="arrivals">When each record of the batch came into the source.</param>
    /// <param name="retention">How long the source keeps a record; null when it says nothing.</param>
    public static int CountExpired(Slice slice, IReadOnlyList<DateTimeOffset> arrivals, MappingSettings settings, TimeSpan? retention, DateTimeOffset now)
    {
        var limit = settings.MaxAgeSeconds >= 0 ? TimeSpan.FromSeconds(settings.MaxAgeSeconds) : (TimeSpan?)null;
        limit = limit is null || retention < limit ? retention : limit;
        if (limit is not { } oldest)
        {
            return 0;
        }

        var count = 0;
        while (count < slice.Count && now - arrivals[slice.From + count] > oldest)
        {
            count++;
        }

        return count;
    }

    /// <summary>The pause before the next attempt: from 0.1 s doubling up to 10 s.</summary>
    /// <param name="attempts">Failed or refused attempts in a row, at least 1.</param>
    public static TimeSpan Pause(int attempts)
    {
        var pause = FirstPause * Math.Pow(2, Math.Min(attempts - 1, 16));
        return pause < LongestPause ? pause : LongestPause;
    }
}
