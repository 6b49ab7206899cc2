using System.Globalization;

namespace Petrel.Server.Metering.Model;

/// <summary>
/// An exact amount of a currency. Its unit is so small (1 / 1.024 · 10¹⁸) that a price of twelve decimals times a millisecond and a MB is
/// a whole number of it; sums are rounded only where they are shown.
/// </summary>
internal readonly record struct Money(Int128 Units) : IComparable<Money>
{
    public static readonly Money Zero;

    /// <summary>Decimals that a price may have.</summary>
    public const int PriceDecimals = 12;

    private const long PicoPerUnit = 1_000_000_000_000;

    /// <summary>A price in trillionths of the currency.</summary>
    public static long ToPico(decimal price) => (long)(price * PicoPerUnit);

    /// <summary>So many pieces at a price.</summary>
    public static Money ForPieces(Int128 pieces, long pricePico) => new(pieces * pricePico * UsageRules.MbMsPerGbSecond);

    /// <summary>So many MB milliseconds at a price for a GB second.</summary>
    public static Money ForMbMs(Int128 mbMs, long pricePico) => new(mbMs * pricePico);

    public static Money Of(decimal amount) => new((Int128)(amount * PicoPerUnit) * UsageRules.MbMsPerGbSecond);

    /// <summary>Rounded to <see cref="PriceDecimals"/> decimals, halves away from zero.</summary>
    public decimal ToDecimal()
    {
        var half = Int128.CopySign(UsageRules.MbMsPerGbSecond / 2, Units);
        return (decimal)((Units + half) / UsageRules.MbMsPerGbSecond) / PicoPerUnit;
    }

    public int CompareTo(Money other) => Units.CompareTo(other.Units);

    public static Money operator +(Money left, Money right) => new(left.Units + right.Units);

    public override string ToString() => ToDecimal().ToString(CultureInfo.InvariantCulture);
}
