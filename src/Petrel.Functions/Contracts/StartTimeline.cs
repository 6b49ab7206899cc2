namespace Petrel.Functions;

/// <summary>How an instance came to be.</summary>
public enum StartKind
{
    /// <summary>Its runtime was up already, in a sandbox that waited for a function.</summary>
    PreStarted,

    /// <summary>Sandbox and runtime were started for it.</summary>
    Launched,

    /// <summary>It is the child of the function's fork server, which had loaded its language's library.</summary>
    Forked,

    /// <summary>Its runtime was started for it, in a sandbox that waited.</summary>
    InReadySandbox,
}

/// <param name="Name">What was done: <c>sandbox</c>, <c>mount</c>, <c>init</c>…</param>
public readonly record struct StartPart(string Name, TimeSpan Duration);

/// <summary>Where the time of a cold start went; its parts follow one another.</summary>
/// <param name="At">When it began.</param>
public sealed record StartTimeline(StartKind Kind, DateTimeOffset At, IReadOnlyList<StartPart> Parts)
{
    /// <summary>Why nothing that was started ahead could be used; null when something was.</summary>
    public string? Why { get; init; }

    public TimeSpan Total => Parts.Aggregate(TimeSpan.Zero, (sum, part) => sum + part.Duration);
}

/// <summary>Measures a start as it goes: every part lasts from the end of the one before it.</summary>
public sealed class StartLaps(TimeProvider time)
{
    private readonly List<StartPart> _parts = new(8);
    private readonly DateTimeOffset _at = time.GetUtcNow();
    private long _last = time.GetTimestamp();

    public StartKind Kind { get; set; } = StartKind.Launched;

    /// <summary>See <see cref="StartTimeline.Why"/>.</summary>
    public string? Why { get; set; }

    /// <summary>Ends a part.</summary>
    public void End(string name)
    {
        var now = time.GetTimestamp();
        _parts.Add(new StartPart(name, time.GetElapsedTime(_last, now)));
        _last = now;
    }

    public StartTimeline ToTimeline() => new(Kind, _at, [.. _parts]) { Why = Kind == StartKind.Launched ? Why : null };
}

/// <summary>Runtimes that were started ahead and wait for functions.</summary>
/// <param name="Program">What runs in them: <c>node</c>.</param>
public sealed record WaitingRuntimes(string Program, int Ready, long MemoryBytes);
