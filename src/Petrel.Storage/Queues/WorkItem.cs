using System.Globalization;

namespace Petrel.Storage;

/// <summary>An item of a queue. Later ones of one process are greater; different processes never give the same.</summary>
public readonly record struct WorkItemId(ulong Time, ulong Random)
{
    public override string ToString() => $"{Time:x16}{Random:x16}";

    public static bool TryParse(string text, out WorkItemId id)
    {
        id = default;
        if (text.Length != 32
            || !ulong.TryParse(text.AsSpan(0, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var time)
            || !ulong.TryParse(text.AsSpan(16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var random))
        {
            return false;
        }

        id = new WorkItemId(time, random);
        return true;
    }
}

/// <summary>How items are received, and when they go to the dead letters instead.</summary>
public sealed record ReceiveOptions
{
    /// <summary>Items at most. Each carries its body, so that the bound is also one on memory.</summary>
    public int Max { get; init; } = 10;

    /// <summary>How long a received item stays hidden from others, unless it is completed, retried or extended before.</summary>
    public TimeSpan Visibility { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long to wait for an item when none is ready; zero answers at once.</summary>
    public TimeSpan Wait { get; init; }

    /// <summary>Receives of one item at most; one that would be received once more becomes a dead letter. Null: no limit.</summary>
    public int? MaxAttempts { get; init; }

    /// <summary>Age since it was put in, after which an item becomes a dead letter instead. Null: no limit.</summary>
    public TimeSpan? MaxAge { get; init; }
}

/// <summary>A received item, hidden from others until <see cref="Until"/>.</summary>
public sealed record WorkLease(ulong Queue, WorkItemId Id, ReadOnlyMemory<byte> Body)
{
    /// <summary>How often the item was received, this time included.</summary>
    public required int Attempts { get; init; }

    public required DateTimeOffset EnqueuedAt { get; init; }

    public required DateTimeOffset Until { get; init; }

    /// <summary>The ordered group, or null.</summary>
    public string? Group { get; init; }
}

/// <summary>An item that was given up, and why.</summary>
public sealed record DeadItem(ulong Queue, WorkItemId Id, ReadOnlyMemory<byte> Body)
{
    public required int Attempts { get; init; }

    public required DateTimeOffset EnqueuedAt { get; init; }

    public required DateTimeOffset DiedAt { get; init; }

    public required string Reason { get; init; }

    public string? Group { get; init; }
}

/// <summary>Items of a queue. Ready and waiting ones are exact up to 10,000 hidden items, an estimate above.</summary>
/// <param name="Ready">Could be received now.</param>
/// <param name="InFlight">Received, and hidden until their leases end.</param>
/// <param name="Delayed">Not due yet.</param>
/// <param name="Waiting">Behind another item of their ordered group.</param>
/// <param name="Dead">Given up.</param>
public readonly record struct QueueCounts(long Ready, long InFlight, long Delayed, long Waiting, long Dead);
