using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Petrel.Server.Edge;

/// <summary>Step 12: requests by service, operation and status, and how long they took.</summary>
internal sealed class EdgeMetrics : IDisposable
{
    public const string MeterName = "Petrel.Edge";

    private static readonly object[] Statuses = CreateStatuses();

    private readonly Meter _meter;
    private readonly Counter<long> _requests;
    private readonly Histogram<double> _seconds;
    private long _active;

    public EdgeMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _requests = _meter.CreateCounter<long>("petrel.edge.requests", "{request}", "Requests answered.");
        _seconds = _meter.CreateHistogram<double>("petrel.edge.duration", "s", "Time from the headers to the end of the answer.");
        _meter.CreateObservableUpDownCounter("petrel.edge.active", () => Volatile.Read(ref _active), "{request}", "Requests in work.");
    }

    public long Enter() => Interlocked.Increment(ref _active);

    public void Leave() => Interlocked.Decrement(ref _active);

    public void Record(in EdgeRoute route, int status, TimeSpan elapsed)
    {
        if (!_requests.Enabled && !_seconds.Enabled)
        {
            return;
        }

        // Names that clients made up would make series without bound.
        var service = route.Service?.SigningName ?? (route.Handler is { } handler ? handler.GetType().Name : "unknown");
        var operation = route.Operation?.Name ?? "-";
        var tags = new TagList
        {
            { "service", service },
            { "operation", operation },
            { "status", Statuses[Math.Clamp(status, 0, Statuses.Length - 1)] },
        };
        _requests.Add(1, tags);
        _seconds.Record(elapsed.TotalSeconds, new("service", service), new("operation", operation));
    }

    public void Dispose() => _meter.Dispose();

    private static object[] CreateStatuses()
    {
        var statuses = new object[600];
        for (var i = 0; i < statuses.Length; i++)
        {
            statuses[i] = i;
        }

        return statuses;
    }
}
