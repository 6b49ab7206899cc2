namespace Petrel.Functions.Pools.KeepAlive;

/// <summary>How long an instance is kept after an invocation, and whether one is made anew before the next.</summary>
/// <param name="Stay">After its last invocation it stays for this long.</param>
/// <param name="Prewarm">So long after the last invocation an instance is made for the next one; null: none is.</param>
/// <param name="StayPrewarmed">An instance that was made for an expected invocation waits for it for this long.</param>
internal readonly record struct KeepAliveWindows(TimeSpan Stay, TimeSpan? Prewarm = null, TimeSpan StayPrewarmed = default);

/// <summary>
/// The hybrid histogram policy: where a function's idle times are known well enough, an idle minute is spent only where it is likely to save a cold
/// start; else a fixed time is. A clear pattern (a timer) ends the instance at once and makes one anew shortly before it is needed.
/// </summary>
internal static class KeepAlivePolicy
{
    /// <summary>Fewer idle times than this say nothing.</summary>
    private const int Representative = 4;

    /// <summary>How many idle minutes one saved cold start is worth: then both policies of the published comparison use the same memory.</summary>
    private const double MinutesForAColdStart = 15;

    /// <summary>Where the expected invocations begin and end, leaving out what is rare.</summary>
    private const double Head = 0.05, Tail = 0.95;

    /// <summary>The head comes this much earlier and the tail this much later than they were seen.</summary>
    private const double Margin = 0.1;

    /// <summary>An instance always stays this long: a caller who tries again, a burst that is not quite over.</summary>
    private static readonly TimeSpan AtLeast = TimeSpan.FromMinutes(1);

    public static KeepAliveWindows Decide(IdleTimes times, TimeSpan otherwise)
    {
        if (times.Count < Representative)
        {
            return new KeepAliveWindows(otherwise);
        }

        var (minutes, gain) = BestStay(times);
        if (Expected(times) is { } expected && Gain(times, expected.From, expected.To) > gain)
        {
            return new KeepAliveWindows(AtLeast, Of(expected.From), Of(expected.To - expected.From));
        }

        return new KeepAliveWindows(minutes < 1 ? AtLeast : Of(minutes));

        static TimeSpan Of(int minutes) => TimeSpan.FromMinutes(minutes);
    }

    /// <summary>The time that saves most for what it costs. Every idle time is spread over its neighbours: the next will not be the same to the minute.</summary>
    private static (int Minutes, double Gain) BestStay(IdleTimes times)
    {
        var (best, bestGain) = (0, 0.0);
        var gain = 0.0;
        var left = (double)times.Count;
        for (var minute = 0; minute < IdleTimes.Minutes; minute++)
        {
            var hits = Smooth(times, minute);
            gain += (hits * MinutesForAColdStart) - (left - (hits / 2));
            left -= hits;
            if (gain > bestGain)
            {
                (best, bestGain) = (minute + 1, gain);
            }
        }

        return (Math.Min(best + (int)Math.Ceiling(best * Margin), IdleTimes.Minutes), bestGain);
    }

    /// <summary>What an instance that is there in these minutes saves, less what it costs.</summary>
    private static double Gain(IdleTimes times, int from, int to)
    {
        var gain = 0.0;
        var left = (double)times.Count;
        for (var minute = 0; minute < to; minute++)
        {
            var hits = times[minute];
            if (minute >= from)
            {
                gain += (hits * MinutesForAColdStart) - (left - (hits / 2.0));
            }

            left -= hits;
        }

        return gain;
    }

    /// <summary>From where to where nearly all idle times are; null when that is from the beginning.</summary>
    private static (int From, int To)? Expected(IdleTimes times)
    {
        var within = times.Count - times.Beyond;
        var (from, to, seen) = (-1, 0, 0);
        for (var minute = 0; minute < IdleTimes.Minutes && seen < within * Tail; minute++)
        {
            seen += times[minute];
            from = from < 0 && seen > within * Head ? minute : from;
            to = minute + 1;
        }

        from = (int)(from * (1 - Margin)) - 1;
        return from > 1 ? (from, Math.Min((int)Math.Ceiling(to * (1 + Margin)), IdleTimes.Minutes)) : null;
    }

    private static double Smooth(IdleTimes times, int minute)
    {
        var sum = 0.0;
        for (var near = Math.Max(0, minute - 1); near <= Math.Min(IdleTimes.Minutes - 1, minute + 1); near++)
        {
            sum += times[near] * (near == minute ? 0.5 : 0.25);
        }

        // What falls off the lower end belongs to the first minute.
        return minute == 0 ? sum + (times[0] * 0.25) : sum;
    }
}
