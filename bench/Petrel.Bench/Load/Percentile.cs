namespace Petrel.Bench.Load;

/// <summary>Percentiles of measured values, by the nearest rank.</summary>
internal static class Percentile
{
    public static double Of(IReadOnlyCollection<double> values, double percent)
    {
        var sorted = values.Order().ToArray();
        return sorted[Math.Clamp((int)Math.Ceiling(percent / 100 * sorted.Length) - 1, 0, sorted.Length - 1)];
    }
}
