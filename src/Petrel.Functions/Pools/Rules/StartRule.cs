namespace Petrel.Functions.Pools.Rules;

/// <summary>What is known of a pool when it is decided whether to start another instance.</summary>
internal readonly record struct Demand
{
    /// <summary>Invocations that wait.</summary>
    public int Waiting { get; init; }

    /// <summary>How long the first of them has waited.</summary>
    public TimeSpan Longest { get; init; }

    public int Busy { get; init; }

    public int Starting { get; init; }

    /// <summary>Invocations that one instance runs at a time.</summary>
    public int Concurrency { get; init; }

    /// <summary>Mean duration of an invocation; null before the first has ended.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Mean processor time of an invocation; null where it is not measured.</summary>
    public TimeSpan? CpuTime { get; init; }

    /// <summary>How long a start is expected to take.</summary>
    public TimeSpan Start { get; init; }

    public int Processors { get; init; }
}

/// <summary>Why an instance is started, or is not.</summary>
internal enum StartVerdict
{
    /// <summary>No: every waiting invocation has an instance that is being started.</summary>
    Covered,

    /// <summary>Yes: there is none.</summary>
    First,

    /// <summary>Yes: nothing is known of its durations.</summary>
    Unmeasured,

    /// <summary>No: its instances keep the processors busy already, and another would only slow them down.</summary>
    ProcessorsBusy,

    /// <summary>Yes: one has waited for longer than a start takes, so what was expected was wrong.</summary>
    Overdue,

    /// <summary>Yes: the last in the queue would wait for longer than a start takes.</summary>
    StartIsSooner,

    /// <summary>No: the queue will be empty before a start would be over.</summary>
    InstanceIsSooner,
}

/// <summary>When another instance is worth its start: when the expected wait in the queue is longer than the expected start.</summary>
internal static class StartRule
{
    /// <summary>So many busy instances a processor may be of any kind; beyond them it counts whether they wait or compute.</summary>
    private const int BusyForEachProcessor = 4;

    /// <summary>Processors are never told to be busy to the last percent.</summary>
    private const double FullyBusy = 0.9;

    public static StartVerdict Decide(in Demand demand)
    {
        if (demand.Waiting <= demand.Starting * demand.Concurrency)
        {
            return StartVerdict.Covered;
        }

        if (demand.Busy + demand.Starting == 0)
        {
            return StartVerdict.First;
        }

        if (demand.Duration is null)
        {
            return StartVerdict.Unmeasured;
        }

        if (ProcessorsAreBusy(demand))
        {
            return StartVerdict.ProcessorsBusy;
        }

        if (demand.Longest >= demand.Start)
        {
            return StartVerdict.Overdue;
        }

        return ExpectedWait(demand, demand.Busy + demand.Starting) > demand.Start ? StartVerdict.StartIsSooner : StartVerdict.InstanceIsSooner;
    }

    public static bool Starts(StartVerdict verdict) =>
        verdict is StartVerdict.First or StartVerdict.Unmeasured or StartVerdict.Overdue or StartVerdict.StartIsSooner;

    /// <summary>
    /// How long the last in the queue waits when so many instances serve it: they end invocations at intervals of duration ÷ what runs at a
    /// time, and never faster than the processors can compute them. Zero while nothing is known.
    /// </summary>
    public static TimeSpan ExpectedWait(in Demand demand, int instances)
    {
        if (demand.Duration is not { } duration || instances == 0)
        {
            return TimeSpan.Zero;
        }

        var byInstances = duration * demand.Waiting / ((double)instances * demand.Concurrency);
        var byProcessors = (demand.CpuTime ?? TimeSpan.Zero) * demand.Waiting / demand.Processors;
        return byInstances > byProcessors ? byInstances : byProcessors;
    }

    private static bool ProcessorsAreBusy(in Demand demand)
    {
        if (demand.CpuTime is not { } cpu || demand.Duration is not { Ticks: > 0 } duration || demand.Busy < BusyForEachProcessor * demand.Processors)
        {
            return false;
        }

        var busyProcessors = demand.Busy * demand.Concurrency * (cpu / duration);
        return busyProcessors >= demand.Processors * FullyBusy;
    }
}
