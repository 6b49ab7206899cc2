namespace Petrel.Functions.Prestart;

/// <summary>What is known of one start class: of processes that are started alike, and can become the same functions.</summary>
internal sealed record StartClass(string Key)
{
    /// <summary>What a process is taken to use until one has been measured.</summary>
    public const long GuessedBytes = 12L << 20;

    /// <summary>Processes that wait for a function.</summary>
    public int Waiting { get; init; }

    /// <summary>Whether one is being started.</summary>
    public bool Refilling { get; init; }

    /// <summary>What one of them uses of its own.</summary>
    public long ProcessBytes { get; init; } = GuessedBytes;

    /// <summary>How long a refill takes.</summary>
    public TimeSpan RefillTime { get; init; } = TimeSpan.FromMilliseconds(50);

    public Demand Demand { get; init; }

    /// <summary>Functions that have become active and have not been started since.</summary>
    public int Expected { get; init; }

    /// <summary>Refills that failed, and processes that ended while they waited, since one was last of use.</summary>
    public int Failures { get; init; }

    /// <summary>No refill before this.</summary>
    public TimeSpan RetryAt { get; init; }
}

/// <summary>Cold starts of one class: their rate, by a count that fades.</summary>
/// <param name="Count">Faded to <paramref name="At"/>.</param>
/// <param name="At">When there was one last, or when a function was expected.</param>
internal readonly record struct Demand(double Count, TimeSpan At)
{
    /// <summary>An arrival counts half after this long.</summary>
    private static readonly TimeSpan HalfLife = TimeSpan.FromSeconds(20);

    /// <summary>Arrivals a second.</summary>
    public double Rate(TimeSpan now) => CountAt(now) * Math.Log(2) / HalfLife.TotalSeconds;

    public Demand Add(TimeSpan now) => new(CountAt(now) + 1, now);

    public Demand Touch(TimeSpan now) => new(CountAt(now), now);

    private double CountAt(TimeSpan now) => Count * Math.Pow(2, -(now - At) / HalfLife);
}

/// <summary>All that decides what is started ahead.</summary>
/// <param name="StartsInProgress">Instances that are being started for invocations.</param>
/// <param name="LastStart">When such a start last began or ended.</param>
/// <param name="RefillFrom">No refill before this: earlier ones have used the processor time that they may.</param>
internal sealed record PrestartState(IReadOnlyList<StartClass> Classes, int StartsInProgress, TimeSpan LastStart, TimeSpan RefillFrom);

/// <param name="Start">The class of which one process is to be started; null for none.</param>
/// <param name="Stop">How many waiting processes of which classes are to be ended.</param>
/// <param name="Forget">Classes that nobody asks for any more; what waits of them is among <paramref name="Stop"/>.</param>
/// <param name="Again">When to decide again although nothing happens; null: not before something does.</param>
internal sealed record PrestartDecision(string? Start, IReadOnlyList<(string Key, int Count)> Stop, IReadOnlyList<string> Forget, TimeSpan? Again);
