using System.Globalization;
using Petrel.Aws.DynamoDb;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Model.Tables;

/// <summary>What tables and indexes may use, and how often that may change.</summary>
internal static class ThroughputRules
{
    /// <summary>Decreases of a day that may follow each other at once; after them one an hour.</summary>
    public const int FreeDecreases = 4;

    /// <summary>Changes to payment by request within a day.</summary>
    public const int MaxSwitches = 4;

    private const long MaxUnits = 1_000_000_000_000;

    private static readonly TimeSpan BetweenDecreases = TimeSpan.FromHours(1);

    /// <summary>A new table's: null for one that is paid by request.</summary>
    public static ThroughputState? OfTable(string? billingMode, ProvisionedThroughput? asked)
    {
        if (billingMode == "PAY_PER_REQUEST")
        {
            return asked is null ? null : throw NeitherUnits();
        }

        if (asked is null)
        {
            throw TableProblem.Invalid(
                "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED");
        }

        CheckBounds(asked);
        return new ThroughputState(asked.ReadCapacityUnits, asked.WriteCapacityUnits);
    }

    public static ThroughputState? OfIndex(string index, ProvisionedThroughput? asked, bool onDemand)
    {
        if (onDemand && asked is not null)
        {
            throw TableProblem.Invalid(
                $"ProvisionedThroughput should not be specified for index: {index} when BillingMode is PAY_PER_REQUEST");
        }

        if (onDemand)
        {
            return null;
        }

        if (asked is null)
        {
            throw TableProblem.Invalid($"ProvisionedThroughput must be specified for index: {index}");
        }

        CheckBounds(asked);
        return new ThroughputState(asked.ReadCapacityUnits, asked.WriteCapacityUnits);
    }

    /// <summary>Upper limits of what is paid by request; -1 stands for none.</summary>
    public static OnDemandState? OfLimits(OnDemandThroughput? asked, bool onDemand, OnDemandState? now = null)
    {
        if (asked is null)
        {
            return now;
        }

        if (!onDemand)
        {
            throw TableProblem.Invalid("OnDemandThroughput cannot be specified when BillingMode is PROVISIONED");
        }

        var limits = new OnDemandState(
            Limit(asked.MaxReadRequestUnits, now?.MaxReadUnits, nameof(asked.MaxReadRequestUnits)),
            Limit(asked.MaxWriteRequestUnits, now?.MaxWriteUnits, nameof(asked.MaxWriteRequestUnits)));
        return limits is { MaxReadUnits: null, MaxWriteUnits: null } ? null : limits;
    }

    /// <summary>The throughput after a change.</summary>
    /// <exception cref="LimitExceededException">It was lowered too often today.</exception>
    public static ThroughputState Change(ThroughputState now, ProvisionedThroughput asked, DateTimeOffset at)
    {
        CheckBounds(asked);
        if (now.ReadUnits == asked.ReadCapacityUnits && now.WriteUnits == asked.WriteCapacityUnits)
        {
            throw Unchanged(now, asked);
        }

        var ms = at.ToUnixTimeMilliseconds();
        var changed = now with { ReadUnits = asked.ReadCapacityUnits, WriteUnits = asked.WriteCapacityUnits };
        if (changed.ReadUnits > now.ReadUnits || changed.WriteUnits > now.WriteUnits)
        {
            changed = changed with { IncreasedAt = ms };
        }

        if (changed.ReadUnits < now.ReadUnits || changed.WriteUnits < now.WriteUnits)
        {
            var today = DecreasesToday(now, at);
            CheckDecrease(now, today, at);
            changed = changed with { DecreasedAt = ms, DecreasesToday = today + 1 };
        }

        return changed;
    }

    public static int DecreasesToday(ThroughputState throughput, DateTimeOffset at) =>
        throughput.DecreasedAt is { } last && DateTimeOffset.FromUnixTimeMilliseconds(last).UtcDateTime.Date == at.UtcDateTime.Date
            ? throughput.DecreasesToday
            : 0;

    /// <summary>The times of changes to payment by request, with this one.</summary>
    /// <exception cref="LimitExceededException"/>
    public static IReadOnlyList<long> Switch(IReadOnlyList<long> before, DateTimeOffset at)
    {
        var dayAgo = at.AddDays(-1).ToUnixTimeMilliseconds();
        if (before.Count(time => time > dayAgo) >= MaxSwitches)
        {
            throw new LimitExceededException(
                $"Subscriber limit exceeded: Update to PayPerRequest mode are limited to {MaxSwitches} times in 1 day(s).");
        }

        return [.. before.TakeLast(MaxSwitches - 1), at.ToUnixTimeMilliseconds()];
    }

    public static CommonException NeitherUnits() => TableProblem.Invalid(
        "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST");

    private static void CheckBounds(ProvisionedThroughput asked)
    {
        CheckBound(asked.ReadCapacityUnits, nameof(asked.ReadCapacityUnits));
        CheckBound(asked.WriteCapacityUnits, nameof(asked.WriteCapacityUnits));
    }

    private static void CheckBound(long units, string name)
    {
        if (units > MaxUnits)
        {
            throw CommonException.Validation(string.Create(CultureInfo.InvariantCulture, $"Given value {units} for {name} is out of bounds"));
        }
    }

    private static long? Limit(long? asked, long? now, string member) => asked switch
    {
        null => now,
        -1 => null,
        > 0 => asked,
        _ => throw TableProblem.Invalid($"{member} must be -1 or a value greater than 0"),
    };

    private static void CheckDecrease(ThroughputState now, int today, DateTimeOffset at)
    {
        if (today < FreeDecreases || now.DecreasedAt is not { } last)
        {
            return;
        }

        var lastAt = DateTimeOffset.FromUnixTimeMilliseconds(last);
        if (at - lastAt >= BetweenDecreases)
        {
            return;
        }

        throw new LimitExceededException(
            $"Subscriber limit exceeded: Provisioned throughput decreases are limited within a given UTC day. After the first {FreeDecreases} "
            + $"decreases, each subsequent decrease in the same UTC day can be performed at most once every {BetweenDecreases.TotalSeconds:0} "
            + $"seconds. Number of decreases today: {today}. Last decrease at {Describe(lastAt)}. "
            + $"Next decrease can be made at {Describe(lastAt + BetweenDecreases)}");
    }

    private static string Describe(DateTimeOffset at) =>
        at.UtcDateTime.ToString("dddd, MMMM d, yyyy 'at' h:mm:ss tt 'UTC'", CultureInfo.InvariantCulture);

    private static CommonException Unchanged(ThroughputState now, ProvisionedThroughput asked) => CommonException.Validation(
        "The provisioned throughput for the table will not change. The requested value equals the current value. "
        + $"Current ReadCapacityUnits provisioned for the table: {now.ReadUnits}. "
        + $"Requested ReadCapacityUnits: {asked.ReadCapacityUnits}. "
        + $"Current WriteCapacityUnits provisioned for the table: {now.WriteUnits}. "
        + $"Requested WriteCapacityUnits: {asked.WriteCapacityUnits}. "
        + "Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.");
}
