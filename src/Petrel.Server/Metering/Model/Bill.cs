namespace Petrel.Server.Metering.Model;

/// <summary>What a row costs, by part.</summary>
internal readonly record struct Charge(Money Requests, Money Duration, Money Storage, Money Provisioned)
{
    public Money Total => Requests + Duration + Storage + Provisioned;

    public static Charge operator +(Charge left, Charge right) => new(
        left.Requests + right.Requests, left.Duration + right.Duration, left.Storage + right.Storage, left.Provisioned + right.Provisioned);
}

/// <summary>
/// Prices rows of one account in the order of their hours. Tiers and the free tier begin anew each month, so that the rows of a month must be
/// given from its first on; in the hour in which a tier ends, functions take what is left of it in the order in which they come.
/// </summary>
/// <param name="freeTier">Whether the price list's free tier is taken off: it never covers provisioned concurrency.</param>
internal sealed class Bill(PriceTable prices, bool freeTier)
{
    private readonly Dictionary<(string Region, string Architecture), long> _used = [];
    private (int Year, int Month) _month;
    private long _freeRequests;
    private long _freeMbMs;

    public Charge Add(in UsageRow row)
    {
        EnterMonth(row.Hour.Start);
        var (key, sums) = (row.Key, row.Sums);
        var architecture = prices.Of(key.Architecture);
        var storage = Money.ForMbMs(sums.StorageMbMs, prices.StoragePico);
        var kept = Money.ForMbMs(sums.ProvisionedMbMs, architecture.ProvisionedPico);
        if (key.Provisioned)
        {
            var duration = Money.ForMbMs(sums.BilledMbMs, architecture.ProvisionedDurationPico);
            return new Charge(Money.ForPieces(sums.Invocations, prices.RequestPico), duration, storage, kept);
        }

        var requests = Money.ForPieces(sums.Invocations - Take(ref _freeRequests, sums.Invocations), prices.RequestPico);
        return new Charge(requests, Tiered(key, sums.BilledMbMs, architecture), storage, kept);
    }

    /// <summary>What budgets count: the first tier's prices, nothing free. It is never less than the bill.</summary>
    public static Money AtFirstTier(PriceTable prices, in UsageKey key, in UsageSums sums)
    {
        var architecture = prices.Of(key.Architecture);
        var duration = key.Provisioned ? architecture.ProvisionedDurationPico : architecture.Tiers[0].PricePico;
        return Money.ForPieces(sums.Invocations, prices.RequestPico)
            + Money.ForMbMs(sums.BilledMbMs, duration)
            + Money.ForMbMs(sums.StorageMbMs, prices.StoragePico)
            + Money.ForMbMs(sums.ProvisionedMbMs, architecture.ProvisionedPico);
    }

    private void EnterMonth(DateTimeOffset hour)
    {
        if ((hour.Year, hour.Month) == _month)
        {
            return;
        }

        _month = (hour.Year, hour.Month);
        _used.Clear();
        (_freeRequests, _freeMbMs) = freeTier ? (prices.FreeRequests, prices.FreeMbMs) : (0, 0);
    }

    private Money Tiered(in UsageKey key, long mbMs, ArchitecturePrices architecture)
    {
        var at = _used.GetValueOrDefault((key.Region, key.Architecture));
        _used[(key.Region, key.Architecture)] = at + mbMs;
        var free = Take(ref _freeMbMs, mbMs);
        (at, mbMs) = (at + free, mbMs - free);
        var sum = Money.Zero;
        foreach (var tier in architecture.Tiers)
        {
            var part = Math.Clamp(tier.EndMbMs - at, 0, mbMs);
            sum += Money.ForMbMs(part, tier.PricePico);
            (at, mbMs) = (at + part, mbMs - part);
        }

        return sum;
    }

    private static long Take(ref long left, long wanted)
    {
        var taken = Math.Min(left, wanted);
        left -= taken;
        return taken;
    }
}
