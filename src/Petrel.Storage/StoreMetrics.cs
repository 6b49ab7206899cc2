using System.Diagnostics.Metrics;

namespace Petrel.Storage;

/// <summary>What the store counts, under the meter <c>Petrel.Storage</c>.</summary>
internal static class StoreMetrics
{
    public const string MeterName = "Petrel.Storage";

    private static readonly Meter Meter = new(MeterName);

    /// <summary>Durable commits: groups that were synced, or transactions of PostgreSQL.</summary>
    public static readonly Counter<long> Commits = Meter.CreateCounter<long>("petrel.store.commits");

    /// <summary>Transactions that a commit acknowledged.</summary>
    public static readonly Counter<long> Transactions = Meter.CreateCounter<long>("petrel.store.transactions");

    /// <summary>Time from the first write of a group until the disk had it.</summary>
    public static readonly Histogram<double> CommitSeconds = Meter.CreateHistogram<double>("petrel.store.commit.duration", "s");

    /// <summary>Transactions of one group.</summary>
    public static readonly Histogram<int> GroupSize = Meter.CreateHistogram<int>("petrel.store.commit.transactions");

    /// <summary>Write functions that held the lane longer than they may.</summary>
    public static readonly Counter<long> SlowFunctions = Meter.CreateCounter<long>("petrel.store.slow_functions");

    /// <summary>Transactions that ran again because of a conflict (PostgreSQL).</summary>
    public static readonly Counter<long> Retries = Meter.CreateCounter<long>("petrel.store.retries");
}
