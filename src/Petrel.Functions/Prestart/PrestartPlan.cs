namespace Petrel.Functions.Prestart;

/// <summary>
/// Decides which runtimes are started before they are needed, and which are given up. Each class is worth as many waiting processes as
/// are likely to be asked for while a refill takes place; the memory budget goes first to one process of each class, then to the processes
/// that are most likely to be used for the memory they take.
/// </summary>
internal static class PrestartPlan
{
    /// <summary>More may be asked for at once than wait in one of fifty cases.</summary>
    private const double Shortage = 0.02;

    /// <summary>More than this many of one class are not kept, whatever the demand.</summary>
    public const int MaxPerClass = 32;

    /// <summary>Deployed functions beyond this many are not all invoked at once.</summary>
    private const int MaxExpected = 2;

    /// <summary>A start that takes longer than this is busy with the function's own initialisation, which may take seconds.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    private static readonly TimeSpan Least = TimeSpan.FromSeconds(1), Look = TimeSpan.FromSeconds(5), MaxBackOff = TimeSpan.FromMinutes(5);

    public static PrestartDecision Decide(PrestartState state, PrestartOptions options, TimeSpan now)
    {
        var share = Share(state.Classes, options, now);
        var stop = state.Classes.Where(c => c.Waiting > share[c.Key]).Select(c => (c.Key, c.Waiting - share[c.Key])).ToList();
        var forget = state.Classes.Where(c => !IsAlive(c, options, now) && !c.Refilling).Select(c => c.Key).ToList();
        var next = Next(state, share, options, now);
        var start = next is not null && Earliest(state, next, options) <= now ? next.Key : null;
        return new PrestartDecision(start, stop, forget, Again(state, next, start, options, now));
    }

    /// <summary>How long after that many failures in a row the next attempt is made.</summary>
    public static TimeSpan BackOff(int failures) =>
        failures == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min(Math.Pow(2, failures - 1), MaxBackOff.TotalSeconds));

    /// <summary>How many processes each class may have: those that are wanted, then those that are there already.</summary>
    private static Dictionary<string, int> Share(IReadOnlyList<StartClass> classes, PrestartOptions options, TimeSpan now)
    {
        var share = classes.ToDictionary(c => c.Key, _ => 0, StringComparer.Ordinal);
        var left = (long)options.MemoryMb << 20;
        foreach (var (each, number) in Candidates(classes, options, now))
        {
            if (share[each.Key] == number - 1 && each.ProcessBytes <= left)
            {
                share[each.Key] = number;
                left -= each.ProcessBytes;
            }
        }

        return share;
    }

    private static IEnumerable<(StartClass Class, int Number)> Candidates(IReadOnlyList<StartClass> classes, PrestartOptions options, TimeSpan now) =>
        from each in classes
        let wanted = Wanted(each, options, now)
        from number in Enumerable.Range(1, Math.Max(wanted, Math.Min(each.Waiting, Bearable(each, options, now))))
        orderby number > wanted ? 2 : number > 1 ? 1 : 0,
            number == 1 ? each.Demand.At : TimeSpan.Zero descending,
            Worth(each, number, now) descending,
            each.Key
        select (each, number);

    /// <summary>The class that is shortest of processes for what it may have; null when none is.</summary>
    private static StartClass? Next(PrestartState state, Dictionary<string, int> share, PrestartOptions options, TimeSpan now) =>
        state.Classes.Any(c => c.Refilling)
            ? null
            : state.Classes.Where(c => c.Waiting < Math.Min(share[c.Key], Wanted(c, options, now)))
                .OrderBy(c => c.RetryAt > now ? c.RetryAt : TimeSpan.Zero)
                .ThenBy(c => c.Waiting == 0 ? 0 : 1)
                .ThenByDescending(c => Worth(c, c.Waiting + 1, now))
                .ThenBy(c => c.Key, StringComparer.Ordinal)
                .FirstOrDefault();

    /// <summary>When it may be started: not while instances are being started for invocations, unless that takes long.</summary>
    private static TimeSpan Earliest(PrestartState state, StartClass next, PrestartOptions options)
    {
        var quiet = state.StartsInProgress > 0 ? state.LastStart + Patience
            : next.Waiting > 0 ? state.LastStart + options.Quiet
            : TimeSpan.Zero;
        return Max(Max(quiet, next.RetryAt), state.RefillFrom);
    }

    private static TimeSpan? Again(PrestartState state, StartClass? next, string? start, PrestartOptions options, TimeSpan now)
    {
        if (start is null && next is not null)
        {
            return Earliest(state, next, options);
        }

        return state.Classes.Count > 0 ? now + Look : null; // demand fades
    }

    public static bool IsAlive(StartClass each, PrestartOptions options, TimeSpan now) => options.MemoryMb > 0 && now - each.Demand.At <= options.Keep;

    /// <summary>How many should wait.</summary>
    public static int Wanted(StartClass each, PrestartOptions options, TimeSpan now) =>
        IsAlive(each, options, now) ? Math.Max(Math.Clamp(each.Expected, 1, MaxExpected), Quantile(Mean(each, now))) : 0;

    /// <summary>How many may wait that are there already: fewer starts and stops than by following the demand closely.</summary>
    private static int Bearable(StartClass each, PrestartOptions options, TimeSpan now) =>
        IsAlive(each, options, now) ? Math.Max(Wanted(each, options, now), Quantile(2 * Mean(each, now))) + 1 : 0;

    /// <summary>How many are expected to be asked for until what is taken has been made up for.</summary>
    private static double Mean(StartClass each, TimeSpan now) => each.Demand.Rate(now) * Math.Max(Least.TotalSeconds, 10 * each.RefillTime.TotalSeconds);

    /// <summary>How likely it is that the process of this number is asked for, by the megabyte.</summary>
    private static double Worth(StartClass each, int number, TimeSpan now) => Tail(Mean(each, now), number) / each.ProcessBytes;

    /// <summary>The smallest number that is exceeded only rarely, of arrivals that come at random.</summary>
    private static int Quantile(double mean)
    {
        var number = 0;
        while (number < MaxPerClass && Tail(mean, number + 1) > Shortage)
        {
            number++;
        }

        return number;
    }

    /// <summary>The probability of at least this many arrivals.</summary>
    private static double Tail(double mean, int number)
    {
        var (term, below) = (Math.Exp(-mean), 0.0);
        for (var k = 0; k < number; k++)
        {
            below += term;
            term *= mean / (k + 1);
        }

        return Math.Max(0, 1 - below);
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
