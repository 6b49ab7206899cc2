namespace Petrel.Functions;

/// <summary>What one version of a function does at this moment, and what it has done since the daemon started.</summary>
/// <remarks>
/// The totals only grow while the version is listed; one that has no instance and was not invoked for a day may be left out, and begins
/// anew when it is invoked again.
/// </remarks>
public sealed record FunctionActivity
{
    public required string Account { get; init; }

    public required string Region { get; init; }

    public required string Name { get; init; }

    /// <summary>The function's ARN without qualifier.</summary>
    public required string FunctionArn { get; init; }

    /// <summary><c>$LATEST</c> or a number.</summary>
    public required string Version { get; init; }

    /// <summary>Instances that are being started.</summary>
    public int Starting { get; init; }

    /// <summary>Instances that are ready and serve nothing, frozen or not.</summary>
    public int Idle { get; init; }

    /// <summary>Those of <see cref="Idle"/> that are frozen.</summary>
    public int Frozen { get; init; }

    /// <summary>Instances that serve at least one invocation.</summary>
    public int Busy { get; init; }

    /// <summary>Invocations that wait for an instance.</summary>
    public int Waiting { get; init; }

    /// <summary>Invocations that wait or run.</summary>
    public int InFlight { get; init; }

    /// <summary>What its instances were promised: their number times the configured memory.</summary>
    public int PromisedMemoryMb { get; init; }

    /// <summary>What its instances use at this moment; 0 where it is not measured.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>Instances that were started.</summary>
    public long ColdStarts { get; init; }

    /// <summary>Invocations that ran, failed or not.</summary>
    public long Invocations { get; init; }

    /// <summary>Invocations that ended in an error of the function.</summary>
    public long Errors { get; init; }

    /// <summary>Invocations that were refused by a limit.</summary>
    public long Throttles { get; init; }

    /// <summary>The sum of what invocations waited for an instance.</summary>
    public TimeSpan QueueWait { get; init; }

    /// <summary>The sum of the durations of invocations.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The sum of the processor time of invocations; zero where it is not measured.</summary>
    public TimeSpan CpuTime { get; init; }
}
