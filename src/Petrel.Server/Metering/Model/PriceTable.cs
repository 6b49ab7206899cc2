using System.Collections.Immutable;

namespace Petrel.Server.Metering.Model;

/// <summary>A cloud's list prices. All prices are in trillionths of the currency; those of time are for a GB second.</summary>
internal sealed record PriceTable
{
    public required string Name { get; init; }

    /// <summary>ISO 4217: <c>USD</c>.</summary>
    public required string Currency { get; init; }

    /// <summary>When the prices were read.</summary>
    public required DateOnly Date { get; init; }

    public required string Source { get; init; }

    /// <summary>Of one invocation.</summary>
    public required long RequestPico { get; init; }

    public required ArchitecturePrices X86 { get; init; }

    public required ArchitecturePrices Arm { get; init; }

    /// <summary>Of /tmp beyond what costs nothing, while an invocation runs.</summary>
    public required long StoragePico { get; init; }

    public required long FreeRequests { get; init; }

    public required long FreeMbMs { get; init; }

    public ArchitecturePrices Of(string architecture) => architecture == "arm64" ? Arm : X86;
}

/// <param name="Tiers">In the order of their ends; the last has none.</param>
/// <param name="ProvisionedPico">For instances that are kept.</param>
/// <param name="ProvisionedDurationPico">For invocations that run on them.</param>
internal sealed record ArchitecturePrices(ImmutableArray<PriceTier> Tiers, long ProvisionedPico, long ProvisionedDurationPico);

/// <param name="EndMbMs">Where the next tier begins, of all that an account used in a month and region.</param>
internal readonly record struct PriceTier(long EndMbMs, long PricePico);
