using Petrel.Aws.S3;
using Petrel.Wire;

namespace Petrel.Server.Services.S3.Model;

/// <summary>What a bucket's lifecycle says of an object, a version or an upload. Days are counted to the midnight (UTC) after they are over.</summary>
internal static class LifecycleRules
{
    private const int MaxRules = 1_000;

    /// <returns>The rules as they are kept: each has an id.</returns>
    /// <exception cref="S3Exception">InvalidArgument, InvalidRequest, MalformedXML; 501 for transitions.</exception>
    public static IReadOnlyList<LifecycleRule> Check(IReadOnlyList<LifecycleRule>? rules, Func<string> newId)
    {
        if (rules is null || rules.Count is 0 or > MaxRules)
        {
            throw S3Exception.MalformedXml();
        }

        var kept = rules.Select(rule => rule with { ID = string.IsNullOrEmpty(rule.ID) ? newId() : rule.ID }).ToArray();
        foreach (var rule in kept)
        {
            CheckRule(rule);
        }

        return kept.Select(static rule => rule.ID).Distinct(StringComparer.Ordinal).Count() == kept.Length
            ? kept
            : throw S3Exception.InvalidArgument("Rule ID must be unique. Found same ID for more than one rule", "ID", null);
    }

    /// <summary>Whether the newest version, an object, is to go.</summary>
    public static bool Expires(IReadOnlyList<LifecycleRule> rules, string key, ObjectState state, DateTimeOffset now) => Enabled(rules).Any(rule =>
        rule.Expiration is { } expiration
        && (expiration.Days is { } days && now >= After(state.ModifiedMs, days) || expiration.Date is { } date && now >= date)
        && Matches(rule, key, state));

    /// <summary>Whether a version that is not the newest is to go.</summary>
    /// <param name="sinceMs">When it ceased to be the newest.</param>
    /// <param name="newer">How many versions that are not the newest either are newer.</param>
    public static bool ExpiresNoncurrent(IReadOnlyList<LifecycleRule> rules, string key, ObjectState state, long sinceMs, int newer, DateTimeOffset now) =>
        Enabled(rules).Any(rule => rule.NoncurrentVersionExpiration is { NoncurrentDays: { } days } expiration
            && newer >= (expiration.NewerNoncurrentVersions ?? 0)
            && now >= After(sinceMs, days)
            && Matches(rule, key, state));

    /// <summary>Whether a delete marker behind which nothing is left is to go.</summary>
    public static bool RemovesLoneMarker(IReadOnlyList<LifecycleRule> rules, string key, ObjectState marker, DateTimeOffset now) => Enabled(rules).Any(rule =>
        (rule.Expiration?.ExpiredObjectDeleteMarker is true || (rule.Expiration?.Days is { } days && now >= After(marker.ModifiedMs, days)))
        && key.StartsWith(PrefixOf(rule), StringComparison.Ordinal));

    public static bool Aborts(IReadOnlyList<LifecycleRule> rules, UploadState upload, DateTimeOffset now) => Enabled(rules).Any(rule =>
        rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation is { } days
        && now >= After(upload.InitiatedMs, days)
        && upload.Key.StartsWith(PrefixOf(rule), StringComparison.Ordinal));

    private static IEnumerable<LifecycleRule> Enabled(IReadOnlyList<LifecycleRule> rules) => rules.Where(static rule => rule.Status == "Enabled");

    private static DateTimeOffset After(long ms, int days)
    {
        var due = DateTimeOffset.FromUnixTimeMilliseconds(ms).UtcDateTime.AddDays(days);
        return new DateTimeOffset(due.TimeOfDay == TimeSpan.Zero ? due : due.Date.AddDays(1), TimeSpan.Zero);
    }

    private static string PrefixOf(LifecycleRule rule) => rule.Filter?.And?.Prefix ?? rule.Filter?.Prefix ?? rule.Prefix ?? "";

    private static bool Matches(LifecycleRule rule, string key, ObjectState state)
    {
        var filter = rule.Filter;
        var tags = filter?.And?.Tags ?? (filter?.Tag is { } one ? [one] : []);
        var above = filter?.And?.ObjectSizeGreaterThan ?? filter?.ObjectSizeGreaterThan ?? -1;
        var below = filter?.And?.ObjectSizeLessThan ?? filter?.ObjectSizeLessThan ?? long.MaxValue;
        return key.StartsWith(PrefixOf(rule), StringComparison.Ordinal)
            && state.Size > above
            && state.Size < below
            && tags.All(tag => state.Tags is not null && state.Tags.TryGetValue(tag.Key, out var value) && value == tag.Value);
    }

    private static void CheckRule(LifecycleRule rule)
    {
        if (rule.Transitions is { Count: > 0 } || rule.NoncurrentVersionTransitions is { Count: > 0 })
        {
            throw CommonException.NotImplemented("s3", "lifecycle transitions to other storage classes");
        }

        if (rule.Status is not ("Enabled" or "Disabled") || (rule.Filter is not null && rule.Prefix is not null))
        {
            throw S3Exception.MalformedXml();
        }

        if (rule.Expiration is null && rule.NoncurrentVersionExpiration is null && rule.AbortIncompleteMultipartUpload is null)
        {
            throw S3Exception.InvalidRequest("At least one action needs to be specified in a rule");
        }

        if (rule.ID!.Length > 255)
        {
            throw S3Exception.InvalidArgument("ID length should not exceed allowed limit of 255", "ID", rule.ID);
        }

        CheckDays("Expiration", rule.Expiration?.Days);
        CheckDays("NoncurrentVersionExpiration", rule.NoncurrentVersionExpiration?.NoncurrentDays);
        CheckDays("AbortIncompleteMultipartUpload", rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation);
        if (rule.Expiration?.Date is { } date && date.UtcDateTime.TimeOfDay != TimeSpan.Zero)
        {
            throw S3Exception.InvalidArgument("'Date' must be at midnight GMT", "Date", date.ToString("O"));
        }

        if (rule.AbortIncompleteMultipartUpload is not null && (rule.Filter?.Tag ?? (object?)rule.Filter?.And?.Tags) is not null)
        {
            throw S3Exception.InvalidRequest("AbortIncompleteMultipartUpload cannot be specified with Tags.");
        }
    }

    private static void CheckDays(string action, int? days)
    {
        if (days is <= 0)
        {
            throw S3Exception.InvalidArgument($"'Days' for {action} action must be a positive integer", "Days", days.ToString());
        }
    }
}
