using Petrel.Functions;

namespace Petrel.Server.Metering.Model;

/// <summary>What one invocation counts for.</summary>
internal static class UsageRules
{
    /// <summary>The size of /tmp that costs nothing, as Lambda's price list has it.</summary>
    public const int FreeStorageMb = 512;

    public const long MbMsPerGbSecond = 1024 * 1000;

    public static UsageSums Of(FunctionSpec spec, Invocation invocation, InvocationResult result)
    {
        var report = result.Report;
        var billedMs = report.BilledDuration.Ticks / TimeSpan.TicksPerMillisecond;
        var failed = result.FunctionError is not null;
        return new UsageSums
        {
            Invocations = 1,
            Errors = failed && !report.TimedOut ? 1 : 0,
            Timeouts = report.TimedOut ? 1 : 0,
            ColdStarts = report.InitDuration is null ? 0 : 1,
            DurationUs = report.Duration.Ticks / TimeSpan.TicksPerMicrosecond,
            InitUs = (report.InitDuration ?? default).Ticks / TimeSpan.TicksPerMicrosecond,
            CpuUs = (report.CpuTime ?? default).Ticks / TimeSpan.TicksPerMicrosecond,
            BilledMs = billedMs,
            BilledMbMs = billedMs * report.MemorySizeMb,
            StorageMbMs = billedMs * Math.Max(spec.EphemeralStorageMb - FreeStorageMb, 0),
            BytesIn = invocation.Payload.Length + (invocation.Http?.BytesIn ?? 0),
            BytesOut = result.Payload.Length + report.StreamedBytes + (invocation.Http?.BytesOut ?? 0),
            MemorySizeMb = report.MemorySizeMb,
            PeakMemoryMb = report.MaxMemoryUsedMb,
        };
    }

    public static UsageSums OfRefusal(ThrottleReason reason) =>
        IsBudget(reason) ? new UsageSums { BudgetRefusals = 1 } : new UsageSums { Throttles = 1 };

    public static bool IsBudget(ThrottleReason reason) =>
        reason is ThrottleReason.FunctionBudgetExceeded or ThrottleReason.AccountBudgetExceeded;
}
