using System.Globalization;

namespace Petrel.Wire.Shapes;

/// <summary>The forms of a point in time.</summary>
internal static class Timestamps
{
    private const string LambdaForm = "yyyy-MM-dd'T'HH:mm:ss.fff'+0000'";
    private const string IsoForm = "yyyy-MM-dd'T'HH:mm:ss'Z'";
    private const string IsoMillisecondsForm = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>Seconds since 1970 that a <see cref="DateTimeOffset"/> can hold, with a margin.</summary>
    private const decimal MaxSeconds = 253_402_300_799m;

    public static string Format(DateTimeOffset time, TimestampFormat format) => format switch
    {
        TimestampFormat.UnixSeconds => Seconds(time).ToString(CultureInfo.InvariantCulture),
        TimestampFormat.UnixMilliseconds => time.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
        TimestampFormat.HttpDate => time.ToString("R", CultureInfo.InvariantCulture),
        TimestampFormat.Lambda => time.ToUniversalTime().ToString(LambdaForm, CultureInfo.InvariantCulture),
        _ => time.ToUniversalTime().ToString(time.Millisecond == 0 ? IsoForm : IsoMillisecondsForm, CultureInfo.InvariantCulture),
    };

    /// <summary>Whole milliseconds: what JSON clients read, and no more digits than the services give.</summary>
    public static decimal Seconds(DateTimeOffset time)
    {
        var milliseconds = time.ToUnixTimeMilliseconds();
        return milliseconds % 1_000 == 0 ? milliseconds / 1_000 : milliseconds / 1_000m;
    }

    /// <summary>Lenient as the services are: a number is seconds (or milliseconds where the member says so), a text ISO 8601 or an HTTP date.</summary>
    public static bool TryParse(string text, TimestampFormat format, out DateTimeOffset time)
    {
        if (decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            return TryFromNumber(number, format, out time);
        }

        return DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);
    }

    public static bool TryFromNumber(decimal number, TimestampFormat format, out DateTimeOffset time)
    {
        var seconds = format == TimestampFormat.UnixMilliseconds ? number / 1_000 : number;
        if (Math.Abs(seconds) > MaxSeconds || seconds < -62_135_596_800m)
        {
            time = default;
            return false;
        }

        time = DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond));
        return true;
    }
}
