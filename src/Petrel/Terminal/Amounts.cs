using System.Globalization;

namespace Petrel.Terminal;

/// <summary>Quantities as people read them.</summary>
internal static class Amounts
{
    private const decimal SmallestShown = 0.000001m;

    /// <summary>Two decimals, and for small amounts so many that something is seen.</summary>
    public static string Money(decimal amount, string currency)
    {
        var text = amount switch
        {
            0 => "0.00",
            > 0 and < SmallestShown => "<" + SmallestShown.ToString(CultureInfo.InvariantCulture),
            < 0.01m => amount.ToString("0.000000", CultureInfo.InvariantCulture),
            < 1 => amount.ToString("0.0000", CultureInfo.InvariantCulture),
            _ => amount.ToString("#,0.00", CultureInfo.InvariantCulture),
        };
        return currency == "USD" ? text.StartsWith('<') ? "<$" + text[1..] : "$" + text : $"{text} {currency}";
    }

    public static string Count(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>Three digits or so.</summary>
    public static string Number(double number) => number switch
    {
        >= 100 => number.ToString("#,0", CultureInfo.InvariantCulture),
        >= 10 => number.ToString("0.0", CultureInfo.InvariantCulture),
        0 => "0",
        _ => number.ToString("0.00", CultureInfo.InvariantCulture),
    };

    public static string Bytes(double bytes) => bytes switch
    {
        >= 1L << 30 => Number(bytes / (1L << 30)) + " GB",
        >= 1 << 20 => Number(bytes / (1 << 20)) + " MB",
        >= 1 << 10 => Number(bytes / (1 << 10)) + " KB",
        _ => bytes.ToString("0", CultureInfo.InvariantCulture) + " B",
    };

    public static string Milliseconds(double ms) => ms >= 1_000 ? Number(ms / 1_000) + " s" : Number(ms) + " ms";

    public static string Age(TimeSpan age) => age switch
    {
        { TotalDays: >= 1 } => $"{(int)age.TotalDays}d {age.Hours}h",
        { TotalHours: >= 1 } => $"{(int)age.TotalHours}h {age.Minutes}m",
        { TotalMinutes: >= 1 } => $"{(int)age.TotalMinutes}m {age.Seconds}s",
        _ => $"{(int)age.TotalSeconds}s",
    };
}
