using Petrel.Functions.Pools.KeepAlive;

namespace Petrel.Testing.KeepAlive;

/// <summary>What a policy cost on a trace.</summary>
/// <param name="IdleMbMinutes">Memory of instances that wait for an invocation.</param>
internal readonly record struct KeepAliveCost(long Invocations, long ColdStarts, double IdleMbMinutes);

/// <summary>Runs keep-alive policies over a trace: one instance an application, cold when it is not there. The hybrid policy is the fleet's own code.</summary>
internal static class KeepAliveSimulation
{
    public static KeepAliveCost Fixed(IEnumerable<TracedApp> apps, TimeSpan keepAlive) => Run(apps, _ => new KeepAliveWindows(keepAlive));

    public static KeepAliveCost Hybrid(IEnumerable<TracedApp> apps, TimeSpan otherwise) => Run(apps, times => KeepAlivePolicy.Decide(times, otherwise));

    private static KeepAliveCost Run(IEnumerable<TracedApp> apps, Func<IdleTimes, KeepAliveWindows> policy)
    {
        var total = default(KeepAliveCost);
        foreach (var app in apps)
        {
            var cost = RunOne(app, policy);
            total = new KeepAliveCost(
                total.Invocations + cost.Invocations, total.ColdStarts + cost.ColdStarts, total.IdleMbMinutes + cost.IdleMbMinutes);
        }

        return total;
    }

    private static KeepAliveCost RunOne(TracedApp app, Func<IdleTimes, KeepAliveWindows> policy)
    {
        if (app.Arrivals.Length == 0)
        {
            return default;
        }

        var times = new IdleTimes();
        var (cold, idleMinutes) = (1L, 0.0);
        for (var i = 0; i < app.Arrivals.Length; i++)
        {
            var isLast = i + 1 == app.Arrivals.Length;
            var gap = (isLast ? AzureTrace.Length : app.Arrivals[i + 1]) - app.Arrivals[i];
            if (gap < TimeSpan.FromMinutes(1))
            {
                idleMinutes += gap.TotalMinutes; // every policy keeps an instance for a minute
            }
            else
            {
                var (warm, minutes) = Wait(policy(times), gap);
                cold += warm || isLast ? 0 : 1;
                idleMinutes += minutes;
            }

            times.Add(gap);
        }

        return new KeepAliveCost(app.Arrivals.Length, cold, idleMinutes * app.MemoryMb);
    }

    /// <summary>Whether an instance is there after the gap, and for how long one was idle in it.</summary>
    private static (bool Warm, double IdleMinutes) Wait(KeepAliveWindows windows, TimeSpan gap)
    {
        if (gap <= windows.Stay)
        {
            return (true, gap.TotalMinutes);
        }

        if (windows.Prewarm is not { } prewarm || gap <= prewarm)
        {
            return (false, windows.Stay.TotalMinutes);
        }

        var waited = gap - prewarm;
        return waited <= windows.StayPrewarmed
            ? (true, (windows.Stay + waited).TotalMinutes)
            : (false, (windows.Stay + windows.StayPrewarmed).TotalMinutes);
    }
}
