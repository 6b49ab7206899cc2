namespace Petrel.Server.Metering.Model;

/// <summary>
/// What was used, as whole numbers: sums, and two maxima. Adding is associative and commutative, so that any split into flushes, restarts
/// and daemons gives the same totals.
/// </summary>
internal record struct UsageSums
{
    /// <summary>Invocations that ran, failed or not.</summary>
    public long Invocations;

    /// <summary>Those that ended in an error of the function, timeouts apart.</summary>
    public long Errors;

    public long Timeouts;

    /// <summary>Invocations that a limit refused; they did not run and cost nothing.</summary>
    public long Throttles;

    /// <summary>Those that a budget refused, which are no <see cref="Throttles"/>.</summary>
    public long BudgetRefusals;

    /// <summary>Invocations that waited for an initialisation of their own.</summary>
    public long ColdStarts;

    public long DurationUs;
    public long InitUs;
    public long CpuUs;
    public long BilledMs;

    /// <summary>Billed milliseconds times configured MB: 1,024,000 of them are a GB second.</summary>
    public long BilledMbMs;

    /// <summary>Billed milliseconds times the MB of /tmp beyond those that cost nothing (<see cref="UsageRules.FreeStorageMb"/>).</summary>
    public long StorageMbMs;

    /// <summary>Milliseconds times MB for which provisioned instances were kept, busy or not.</summary>
    public long ProvisionedMbMs;

    public long BytesIn;
    public long BytesOut;

    /// <summary>The largest configured memory.</summary>
    public long MemorySizeMb;

    /// <summary>The largest memory that an instance used.</summary>
    public long PeakMemoryMb;

    public readonly bool IsEmpty => this == default;

    public readonly long Successes => Invocations - Errors - Timeouts;

    public void Add(in UsageSums other)
    {
        Invocations += other.Invocations;
        Errors += other.Errors;
        Timeouts += other.Timeouts;
        Throttles += other.Throttles;
        BudgetRefusals += other.BudgetRefusals;
        ColdStarts += other.ColdStarts;
        DurationUs += other.DurationUs;
        InitUs += other.InitUs;
        CpuUs += other.CpuUs;
        BilledMs += other.BilledMs;
        BilledMbMs += other.BilledMbMs;
        StorageMbMs += other.StorageMbMs;
        ProvisionedMbMs += other.ProvisionedMbMs;
        BytesIn += other.BytesIn;
        BytesOut += other.BytesOut;
        MemorySizeMb = Math.Max(MemorySizeMb, other.MemorySizeMb);
        PeakMemoryMb = Math.Max(PeakMemoryMb, other.PeakMemoryMb);
    }
}
