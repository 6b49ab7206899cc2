using Petrel.Server.Metering.Model;

namespace Petrel.Server.Metering.Api;

/// <summary>What <c>/_petrel/usage</c> answers.</summary>
/// <param name="Complete">False when the last seconds are not in it, because the store takes no writes.</param>
/// <param name="NotCounted">What a cloud would charge for as well, and this bill leaves out.</param>
internal sealed record UsageAnswer(
    DateTimeOffset Since, DateTimeOffset Until, string By, UsagePrices Prices, bool FreeTier, bool Complete, string[] NotCounted,
    IReadOnlyList<UsageLine> Rows, UsageLine Total);

internal sealed record UsagePrices(string Name, string Currency, string Date, string Source);

/// <param name="Function">Null in lines of a time, as <paramref name="From"/> is null in those of a function.</param>
internal sealed record UsageLine(string? Function, string? Region, DateTimeOffset? From, UsageCounts Counts, UsageCost Cost);

internal sealed record UsageCounts(
    long Invocations, long Successes, long Errors, long Timeouts, long Throttles, long BudgetRefusals, long ColdStarts)
{
    public required decimal DurationMs { get; init; }

    public required decimal InitMs { get; init; }

    public required decimal CpuMs { get; init; }

    public required long BilledMs { get; init; }

    public required decimal GbSeconds { get; init; }

    public required decimal StorageGbSeconds { get; init; }

    public required decimal ProvisionedGbSeconds { get; init; }

    public required long BytesIn { get; init; }

    public required long BytesOut { get; init; }

    public required long MemoryMb { get; init; }

    public required long PeakMemoryMb { get; init; }

    public static UsageCounts Of(in UsageSums s) => new(
        s.Invocations, s.Successes, s.Errors, s.Timeouts, s.Throttles, s.BudgetRefusals, s.ColdStarts)
    {
        DurationMs = s.DurationUs / 1_000m,
        InitMs = s.InitUs / 1_000m,
        CpuMs = s.CpuUs / 1_000m,
        BilledMs = s.BilledMs,
        GbSeconds = (decimal)s.BilledMbMs / UsageRules.MbMsPerGbSecond,
        StorageGbSeconds = (decimal)s.StorageMbMs / UsageRules.MbMsPerGbSecond,
        ProvisionedGbSeconds = (decimal)s.ProvisionedMbMs / UsageRules.MbMsPerGbSecond,
        BytesIn = s.BytesIn,
        BytesOut = s.BytesOut,
        MemoryMb = s.MemorySizeMb,
        PeakMemoryMb = s.PeakMemoryMb,
    };
}

internal sealed record UsageCost(decimal Requests, decimal Duration, decimal Storage, decimal Provisioned, decimal Total)
{
    public static UsageCost Of(in Charge charge) => new(
        charge.Requests.ToDecimal(), charge.Duration.ToDecimal(), charge.Storage.ToDecimal(), charge.Provisioned.ToDecimal(), charge.Total.ToDecimal());
}
