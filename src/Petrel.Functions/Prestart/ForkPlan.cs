namespace Petrel.Functions.Prestart;

/// <summary>
/// Decides for which functions fork servers run. One costs what ten starts of the language do, and saves most of each later one: it is
/// started for a function whose cold starts keep coming with nothing waiting for them.
/// </summary>
internal static class ForkPlan
{
    /// <summary>So many starts, each counting half after <see cref="HalfLife"/>.</summary>
    public const double Threshold = 6;

    /// <summary>Long enough for a steady 5 a second to count as 15, short enough for a daily burst not to.</summary>
    public static readonly TimeSpan HalfLife = TimeSpan.FromSeconds(2);

    public static ForkDecision Decide(IReadOnlyList<ForkClass> classes, PrestartOptions options, TimeSpan now)
    {
        var stop = classes.Where(c => c.Running && c.Children == 0 && now - c.LastUse >= options.ForkKeep).Select(c => c.Key).ToList();
        var start = classes
            .Where(c => !c.Running && c.RetryAt <= now && c.CountAt(now) >= Threshold)
            .OrderByDescending(c => c.CountAt(now))
            .ThenBy(c => c.Key, StringComparer.Ordinal)
            .FirstOrDefault();
        if (start is null || options.ForkServers == 0)
        {
            return new ForkDecision(null, stop);
        }

        if (classes.Count(c => c.Running) - stop.Count < options.ForkServers)
        {
            return new ForkDecision(start.Key, stop);
        }

        // The one that is asked least makes room, if it is asked less, and nothing of it lives.
        var least = classes.Where(c => c.Running && c.Children == 0 && !stop.Contains(c.Key)).OrderBy(c => c.CountAt(now)).FirstOrDefault();
        return least is null || least.CountAt(now) * 2 > start.CountAt(now)
            ? new ForkDecision(null, stop)
            : new ForkDecision(start.Key, [.. stop, least.Key]);
    }

    /// <summary>Nothing worth keeping is known of it.</summary>
    public static bool IsForgotten(ForkClass each, TimeSpan now) => !each.Running && each.CountAt(now) < 0.1 && each.RetryAt <= now;
}

/// <summary>What is known of the cold starts of one function that found nothing waiting.</summary>
/// <param name="Count">Faded to <paramref name="LastUse"/>.</param>
/// <param name="Running">Its fork server runs, or is being started.</param>
/// <param name="Children">How many of its instances live.</param>
internal sealed record ForkClass(string Key, double Count, TimeSpan LastUse, bool Running = false, int Children = 0, TimeSpan RetryAt = default)
{
    public double CountAt(TimeSpan now) => Count * Math.Pow(2, -(now - LastUse) / ForkPlan.HalfLife);

    public ForkClass Add(TimeSpan now) => this with { Count = CountAt(now) + 1, LastUse = now };
}

/// <param name="Start">For which function one is started; null for none.</param>
/// <param name="Stop">Whose are ended first.</param>
internal sealed record ForkDecision(string? Start, IReadOnlyList<string> Stop);
