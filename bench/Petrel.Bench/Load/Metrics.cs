using System.Globalization;

namespace Petrel.Bench.Load;

/// <summary>Reads the daemon's Prometheus page.</summary>
internal static class Metrics
{
    /// <summary>Runtimes that were started ahead and wait.</summary>
    public static Task<double> WaitingRuntimesAsync(MeasuredDaemon daemon, CancellationToken cancellationToken) =>
        SumAsync(daemon, "petrel_prestart_waiting", cancellationToken);

    /// <summary>Memory of their own, in MB.</summary>
    public static Task<double> WaitingMemoryMbAsync(MeasuredDaemon daemon, CancellationToken cancellationToken) =>
        SumAsync(daemon, "petrel_prestart_memory_megabytes", cancellationToken);

    /// <summary>The sum of a metric over all its labels; 0 when it is not there yet.</summary>
    private static async Task<double> SumAsync(MeasuredDaemon daemon, string name, CancellationToken cancellationToken)
    {
        using var http = new HttpClient();
        var page = await http.GetStringAsync(new Uri(daemon.Endpoint, "/_petrel/metrics"), cancellationToken);
        return page.Split('\n')
            .Where(line => line.StartsWith(name, StringComparison.Ordinal) && line.Length > name.Length && line[name.Length] is ' ' or '{')
            .Sum(line => double.Parse(line[(line.LastIndexOf('}') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[line.Contains('}') ? 0 : 1], CultureInfo.InvariantCulture));
    }
}
