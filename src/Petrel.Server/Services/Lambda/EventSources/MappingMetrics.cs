using System.Diagnostics.Metrics;

namespace Petrel.Server.Services.Lambda.EventSources;

/// <summary>What mappings do, under the meter <c>Petrel.Lambda</c>. All but the gauge have the tag <c>function</c>.</summary>
internal static class MappingMetrics
{
    private static readonly Meter Meter = new("Petrel.Lambda");

    /// <summary>Records that functions have processed.</summary>
    public static readonly Counter<long> Records = Meter.CreateCounter<long>("petrel.lambda.mapping.records");

    /// <summary>Records that no filter let through.</summary>
    public static readonly Counter<long> Filtered = Meter.CreateCounter<long>("petrel.lambda.mapping.filtered");

    /// <summary>Invocations with a batch, in whatever way they ended.</summary>
    public static readonly Counter<long> Batches = Meter.CreateCounter<long>("petrel.lambda.mapping.batches");

    /// <summary>Those after which all or some of the batch is tried again or given up.</summary>
    public static readonly Counter<long> Failed = Meter.CreateCounter<long>("petrel.lambda.mapping.failed");

    /// <summary>Batches that could not be started: a limit was reached, or the function was not there.</summary>
    public static readonly Counter<long> Refused = Meter.CreateCounter<long>("petrel.lambda.mapping.refused");

    /// <summary>Records that were given up, by <c>condition</c>.</summary>
    public static readonly Counter<long> Discarded = Meter.CreateCounter<long>("petrel.lambda.mapping.discarded");

    /// <summary>The age of a batch's last record when the batch was sent: how far a mapping lags behind.</summary>
    public static readonly Histogram<double> IteratorAge = Meter.CreateHistogram<double>("petrel.lambda.mapping.iterator_age", "s");

    /// <summary>Bytes of records that mappings hold in memory.</summary>
    public static readonly UpDownCounter<long> Buffered = Meter.CreateUpDownCounter<long>("petrel.lambda.mapping.buffered", "By");

    public static KeyValuePair<string, object?> Of(string function) => new("function", function);
}
