namespace Petrel.Chaos;

/// <summary>How long and how hard, by variables that the daemon does not take for its settings. The short form is part of every run of the tests; <c>eng/soak</c> asks for the long one.</summary>
internal sealed record Plan(int Functions, TimeSpan Load, int Workers, int Seed)
{
    /// <summary>How often the daemon is killed within the load.</summary>
    public int Kills { get; init; } = 1;

    public static Plan FromEnvironment()
    {
        var minutes = Number("CHAOS_MINUTES");
        return minutes is null
            ? new Plan(Functions: 50, TimeSpan.FromSeconds(10), Workers: Number("CHAOS_WORKERS") ?? 12, Seed: Number("CHAOS_SEED") ?? 1)
            : new Plan(Number("CHAOS_FUNCTIONS") ?? 200, TimeSpan.FromMinutes(minutes.Value), Workers: Number("CHAOS_WORKERS") ?? 32, Seed: Number("CHAOS_SEED") ?? 1)
            {
                Kills = Math.Max(1, minutes.Value / 10),
            };
    }

    private static int? Number(string variable) => int.TryParse(Environment.GetEnvironmentVariable(variable), out var value) && value > 0 ? value : null;
}
