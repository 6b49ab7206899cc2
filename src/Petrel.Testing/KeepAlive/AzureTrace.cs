namespace Petrel.Testing.KeepAlive;

/// <summary>An application of the trace.</summary>
/// <param name="Arrivals">When its invocations arrive, in order, from the trace's beginning.</param>
internal sealed record TracedApp(double MemoryMb, TimeSpan[] Arrivals);

/// <summary>
/// A synthetic trace with the distributions that "Serverless in the Wild" (USENIX ATC 2020) publishes of Azure Functions in July 2019:
/// how often applications are invoked, how regularly, for how long, with how much memory. The same seed gives the same trace.
/// </summary>
internal sealed class AzureTrace(int seed)
{
    /// <summary>Two weeks, as the published trace has.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromDays(14);

    private const double MinutesPerDay = 24 * 60;

    /// <summary>What comes more often than this is never cold under any policy; the trace leaves the rest of its invocations out.</summary>
    private const double MostPerDay = 4 * MinutesPerDay;

    /// <summary>
    /// Figure 5: 45 % of applications are invoked once an hour or less, 81 % once a minute or less, over eight orders of magnitude. Between these
    /// points straight in the logarithm.
    /// </summary>
    private static readonly (double Share, double PerDay)[] Rates = [(0, 0.1), (0.45, 24), (0.81, MinutesPerDay), (1, 1e7)];

    /// <summary>Figure 6: about a quarter of the applications are invoked at regular intervals, nearly all by timers; these are theirs, in minutes.</summary>
    private static readonly double[] Timers = [1, 5, 10, 15, 30, 60, 120, 360, 720, 1440];

    private const double Regular = 0.25;

    /// <summary>Figure 6: of the others less than half look like a Poisson process; the rest come in bursts (a variation above one).</summary>
    private const double Poisson = 0.45;

    private readonly Random _random = new(seed);

    public List<TracedApp> Apps(int count)
    {
        var apps = new List<TracedApp>(count);
        for (var i = 0; i < count; i++)
        {
            var perDay = RateAt(_random.NextDouble());
            var kind = _random.NextDouble();
            var arrivals = kind < Regular ? OfATimer(perDay)
                : kind < Regular + ((1 - Regular) * Poisson) ? Irregular(perDay, variation: 1)
                : Irregular(perDay, variation: 1.5 + (_random.NextDouble() * 3.5));
            apps.Add(new TracedApp(Memory(), [.. arrivals]));
        }

        return apps;
    }

    private static double RateAt(double share)
    {
        var next = Array.FindIndex(Rates, r => r.Share >= share);
        var (from, to) = (Rates[Math.Max(next - 1, 0)], Rates[Math.Max(next, 1)]);
        var part = (share - from.Share) / (to.Share - from.Share);
        return Math.Min(from.PerDay * Math.Pow(to.PerDay / from.PerDay, part), MostPerDay);
    }

    /// <summary>At the interval that is nearest to the rate, from any phase, late by some seconds at most.</summary>
    private IEnumerable<TimeSpan> OfATimer(double perDay)
    {
        var interval = Timers.MinBy(t => Math.Abs(Math.Log(t * perDay / MinutesPerDay)));
        for (var at = _random.NextDouble() * interval; at < Length.TotalMinutes; at += interval)
        {
            yield return TimeSpan.FromMinutes(at + (_random.NextDouble() * 0.1));
        }
    }

    /// <summary>Intervals from a mixture of two exponentials with this coefficient of variation, faster by day than by night.</summary>
    private IEnumerable<TimeSpan> Irregular(double perDay, double variation)
    {
        var mean = MinutesPerDay / perDay;
        var square = variation * variation;
        var frequent = (1 + Math.Sqrt((square - 1) / (square + 1))) / 2;
        for (var at = Exponential(mean); at < Length.TotalMinutes;)
        {
            yield return TimeSpan.FromMinutes(at);
            var share = _random.NextDouble() < frequent ? frequent : 1 - frequent;
            at += Exponential(mean / (2 * share)) / Daytime(at);
        }
    }

    /// <summary>Figure 4: about half of the load is there all day, the rest follows the day.</summary>
    private static double Daytime(double minute) => 1 + (0.5 * Math.Sin(minute / MinutesPerDay * 2 * Math.PI));

    private double Exponential(double mean) => -mean * Math.Log(1 - _random.NextDouble());

    /// <summary>Figure 8: a Burr distribution, its median near 170 MB.</summary>
    private double Memory()
    {
        const double c = 11.652, k = 0.221, scale = 107.083;
        return Math.Min(scale * Math.Pow(Math.Pow(1 - _random.NextDouble(), -1 / k) - 1, 1 / c), 1536);
    }
}
