namespace Petrel.Server.Metering.Model;

/// <summary>What is counted apart: a function's invocations on one architecture, on instances of one kind, since each has a price of its own.</summary>
/// <param name="Architecture"><c>x86_64</c> or <c>arm64</c>.</param>
/// <param name="Provisioned">On instances of provisioned concurrency.</param>
internal readonly record struct UsageKey(string Account, string Region, string Function, string Architecture, bool Provisioned)
{
    public string FunctionArn => $"arn:aws:lambda:{Region}:{Account}:function:{Function}";
}

/// <summary>What one key used in one hour.</summary>
internal readonly record struct UsageRow(UsageKey Key, UsageHour Hour, UsageSums Sums);

/// <summary>An hour of the universal calendar, counted from 1970. An invocation belongs to the hour in which it ended.</summary>
internal readonly record struct UsageHour(long Number) : IComparable<UsageHour>
{
    public static readonly UsageHour None = new(long.MinValue);

    public DateTimeOffset Start => DateTimeOffset.UnixEpoch + TimeSpan.FromHours(Number);

    public static UsageHour Of(DateTimeOffset time) => new((time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerHour);

    /// <summary>The first hour that begins at this time or after it.</summary>
    public static UsageHour From(DateTimeOffset time) => Of(time + TimeSpan.FromHours(1) - TimeSpan.FromTicks(1));

    public int CompareTo(UsageHour other) => Number.CompareTo(other.Number);

    public static bool operator <(UsageHour left, UsageHour right) => left.Number < right.Number;

    public static bool operator >(UsageHour left, UsageHour right) => left.Number > right.Number;

    public static bool operator <=(UsageHour left, UsageHour right) => left.Number <= right.Number;

    public static bool operator >=(UsageHour left, UsageHour right) => left.Number >= right.Number;
}
