using Petrel.Functions;
using Petrel.Functions.Runtimes;

namespace Petrel.Machine;

/// <summary>Which runtimes this machine has: a line for each language.</summary>
internal static class RuntimeCheck
{
    /// <summary>Where further versions are put (<c>DATA/runtimes/nodejs24</c>).</summary>
    public const string Folder = "runtimes";

    public static IEnumerable<Finding> Run(string dataFolder)
    {
        var catalogue = RuntimesModule.Discover(new RuntimeOptions { Further = [Path.Combine(dataFolder, Folder)] });
        return catalogue.All.OrderBy(r => r.Identifier, VersionOrder).GroupBy(r => r.Family)
            .Select(family => Describe(family.Key, [.. family]))
            .Select(f => f with { Next = f.Next?.Replace("DATA/", dataFolder + "/", StringComparison.Ordinal) });
    }

    /// <summary>3.9 comes before 3.10.</summary>
    private static readonly StringComparer VersionOrder = StringComparer.Create(System.Globalization.CultureInfo.InvariantCulture, System.Globalization.CompareOptions.NumericOrdering);

    internal static Finding Describe(string family, IReadOnlyList<RuntimeInfo> runtimes)
    {
        var exact = runtimes.Where(r => r.Available && r.Exact).ToArray();
        var nearest = runtimes.Where(r => r.Available && !r.Exact).ToArray();
        var missing = runtimes.Where(r => !r.Available).ToArray();
        var parts = new List<string>();
        if (exact.Length > 0)
        {
            parts.Add(string.Join(", ", exact.Select(r => r.InstalledVersion is null ? r.Identifier : $"{r.Identifier} ({r.InstalledVersion})")));
        }

        parts.AddRange(nearest.GroupBy(r => r.InstalledVersion).Select(g => $"{string.Join(", ", g.Select(r => r.Identifier))} on {g.Key}, the nearest here"));
        if (missing.Length > 0)
        {
            parts.Add($"not here: {string.Join(", ", missing.Select(r => r.Identifier))}");
        }

        if (missing.Length == runtimes.Count)
        {
            return new Finding($"runtime {family}", Grade.Absent, missing[^1].Problem ?? string.Join("; ", parts));
        }

        var reduced = nearest.Length > 0 ? nearest : missing;
        return new Finding($"runtime {family}", Grade.Good, string.Join("; ", parts), reduced.LastOrDefault()?.Problem);
    }
}
