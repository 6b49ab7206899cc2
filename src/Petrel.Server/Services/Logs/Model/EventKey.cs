namespace Petrel.Server.Services.Logs.Model;

/// <summary>The place of an event: events are read by time, and those of one millisecond in the order of arrival.</summary>
internal readonly record struct EventKey(long Time, ulong Sequence) : IComparable<EventKey>
{
    public static readonly EventKey First = new(long.MinValue, 0);

    public static readonly EventKey Last = new(long.MaxValue, ulong.MaxValue);

    public int CompareTo(EventKey other) => Time != other.Time ? Time.CompareTo(other.Time) : Sequence.CompareTo(other.Sequence);

    public static bool operator <(EventKey left, EventKey right) => left.CompareTo(right) < 0;

    public static bool operator >(EventKey left, EventKey right) => left.CompareTo(right) > 0;

    public static bool operator <=(EventKey left, EventKey right) => left.CompareTo(right) <= 0;

    public static bool operator >=(EventKey left, EventKey right) => left.CompareTo(right) >= 0;
}
