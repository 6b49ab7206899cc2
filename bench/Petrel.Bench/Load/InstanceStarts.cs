using System.Diagnostics;

namespace Petrel.Bench.Load;

/// <summary>What one more instance of a function costs while many are started at once.</summary>
internal static class InstanceStarts
{
    private const int Instances = 100;

    /// <summary>Calls at once that each need an instance of their own: the time until all have been served, less the work of one.</summary>
    /// <param name="function">Takes <see cref="SampleFunctions.LongSleepMs"/>.</param>
    public static async Task<double> CostMsAsync(
        Deployments deployments, Caller caller, SampleFunction function, string name, CancellationToken cancellationToken)
    {
        var url = await deployments.CreateOpenAsync(name, function with { MemoryMb = 128 }, cancellationToken);
        await caller.TimeMsAsync(url, cancellationToken);
        await deployments.TouchAsync(name, 1, cancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(2), cancellationToken);
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Instances).Select(_ => caller.TimeMsAsync(url, cancellationToken)));
        return (Stopwatch.GetElapsedTime(started).TotalMilliseconds - SampleFunctions.LongSleepMs) / Instances;
    }
}
