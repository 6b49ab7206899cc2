using System.Diagnostics.Metrics;

namespace Petrel.Server.Services.Logs.Store.Segments;

/// <summary>What the logs lose, and why.</summary>
internal static class LogMetrics
{
    private static readonly Meter Meter = new("Petrel.Logs");

    public static readonly Counter<long> LinesDropped = Meter.CreateCounter<long>("petrel.logs.lines_dropped", description: "Lines that came faster than the disk takes them.");

    public static readonly Counter<long> EventsExpired = Meter.CreateCounter<long>("petrel.logs.events_expired", description: "Events dropped because their group reached its size.");

    public static readonly Counter<long> WriteFailures = Meter.CreateCounter<long>("petrel.logs.write_failures", description: "Writes that the disk refused.");
}
