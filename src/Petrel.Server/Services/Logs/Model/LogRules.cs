using Petrel.Aws.Logs;

namespace Petrel.Server.Services.Logs.Model;

/// <summary>The rules of the service's documentation for batches, retention, tags and names.</summary>
internal static class LogRules
{
    public const int EventOverhead = 26;
    public const int MaxBatchBytes = 1_048_576;
    public const int MaxTags = 50;

    private static readonly TimeSpan MaxSpan = TimeSpan.FromHours(24);
    private static readonly TimeSpan MaxFuture = TimeSpan.FromHours(2);
    private static readonly TimeSpan MaxAge = TimeSpan.FromDays(14);

    private static readonly int[] RetentionDays =
        [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

    public static void CheckRetention(int days)
    {
        if (Array.IndexOf(RetentionDays, days) < 0)
        {
            throw new InvalidParameterException(
                $"1 validation error detected: Value '{days}' at 'retentionInDays' failed to satisfy constraint: "
                + $"Member must satisfy enum value set: [{string.Join(", ", RetentionDays)}]");
        }
    }

    /// <summary>Events before this time are expired; the beginning of time when the group keeps all.</summary>
    public static long Horizon(GroupState group, long now) =>
        group.RetentionDays is { } days ? now - (long)TimeSpan.FromDays(days).TotalMilliseconds : long.MinValue;

    public static void CheckTags(int count)
    {
        if (count > MaxTags)
        {
            throw new TooManyTagsException($"The maximum number of tags allowed on a log group is {MaxTags}.");
        }
    }

    /// <summary>Throws for a batch that breaks a rule as a whole.</summary>
    /// <param name="bytes">Of all messages in UTF-8.</param>
    public static void CheckBatch(IReadOnlyList<InputLogEvent> events, long bytes)
    {
        for (var i = 1; i < events.Count; i++)
        {
            if (events[i].Timestamp < events[i - 1].Timestamp)
            {
                throw new InvalidParameterException("Log events in a single PutLogEvents request must be in chronological order.");
            }
        }

        if (events[^1].Timestamp - events[0].Timestamp > (long)MaxSpan.TotalMilliseconds)
        {
            throw new InvalidParameterException("The batch of log events in a single PutLogEvents request cannot span more than 24 hours.");
        }

        var size = bytes + (long)events.Count * EventOverhead;
        if (size > MaxBatchBytes)
        {
            throw new InvalidParameterException($"Upload too large: {size} bytes exceeds limit of {MaxBatchBytes}");
        }
    }

    /// <summary>Which events of a batch in order are taken: those neither too old, nor expired, nor too far in the future.</summary>
    public static (Range Taken, RejectedLogEventsInfo? Rejected) Sort(IReadOnlyList<InputLogEvent> events, GroupState group, long now)
    {
        var tooOld = Before(events, now - (long)MaxAge.TotalMilliseconds);
        var expired = Before(events, Horizon(group, now));
        var end = Before(events, now + (long)MaxFuture.TotalMilliseconds + 1);
        var start = Math.Min(Math.Max(tooOld, expired), end);
        var rejected = start == 0 && end == events.Count
            ? null
            : new RejectedLogEventsInfo(
                end < events.Count ? end : null,
                tooOld > 0 ? tooOld : null,
                expired > tooOld ? expired : null);
        return (start..end, rejected);
    }

    /// <summary>The name in an identifier: a name already, or a group's ARN in the caller's account and region.</summary>
    public static string NameOf(string identifier, string account, string region)
    {
        if (!identifier.StartsWith("arn:", StringComparison.Ordinal))
        {
            return identifier;
        }

        return identifier.Split(':') is ["arn", "aws", "logs", var r, var a, "log-group", var name, ..] && r == region && a == account
            ? name
            : throw ResourceNotFoundException.Group();
    }

    /// <summary>How many events of a batch in order are before a time.</summary>
    private static int Before(IReadOnlyList<InputLogEvent> events, long time)
    {
        var count = 0;
        while (count < events.Count && events[count].Timestamp < time)
        {
            count++;
        }

        return count;
    }
}
