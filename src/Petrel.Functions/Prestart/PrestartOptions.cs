namespace Petrel.Functions.Prestart;

/// <summary>How many runtimes are started before they are needed.</summary>
public sealed record PrestartOptions
{
    /// <summary>What all waiting processes together may use of their own; 0 starts none ahead.</summary>
    public int MemoryMb { get; init; } = 256;

    /// <summary>What refilling may use of one processor's time, in the mean.</summary>
    public int CpuPercent { get; init; } = 100;

    /// <summary>A start class without demand for this long is given up; as long as an instance waits for its next invocation.</summary>
    public TimeSpan Keep { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How many fork servers may run, each for one function whose cold starts come faster than what waits is made up for; 0 for none.</summary>
    public int ForkServers { get; init; } = 4;

    /// <summary>A fork server without starts and without living children for this long is ended.</summary>
    public TimeSpan ForkKeep { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>A refill is not begun sooner than this after a start, while some still wait.</summary>
    public TimeSpan Quiet { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Where demand is kept between two runs of the daemon; null forgets it.</summary>
    public string? DemandFile { get; init; }
}
