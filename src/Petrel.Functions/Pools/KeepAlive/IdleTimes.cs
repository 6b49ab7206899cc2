namespace Petrel.Functions.Pools.KeepAlive;

/// <summary>
/// How long a function was idle before each invocation: a histogram of minutes up to four hours, as in "Serverless in the Wild" (USENIX ATC
/// 2020). A function that is never idle for a minute needs no bins; a full count halves all, so that old habits fade.
/// </summary>
internal sealed class IdleTimes
{
    /// <summary>Minutes that are told apart.</summary>
    public const int Minutes = 240;

    private byte[]? _bins;
    private int _withinAMinute;

    /// <summary>Invocations that came later than the histogram reaches.</summary>
    public int Beyond { get; private set; }

    public int Count { get; private set; }

    public int this[int minute] => minute == 0 ? _withinAMinute : _bins?[minute] ?? 0;

    public void Add(TimeSpan idle)
    {
        Count++;
        var minute = idle.Ticks / TimeSpan.TicksPerMinute;
        if (minute == 0)
        {
            if (++_withinAMinute == int.MaxValue / 2)
            {
                Halve();
            }
        }
        else if (minute >= Minutes)
        {
            Beyond++;
        }
        else
        {
            _bins ??= new byte[Minutes];
            if (++_bins[minute] == byte.MaxValue)
            {
                Halve();
            }
        }
    }

    private void Halve()
    {
        _withinAMinute /= 2;
        Beyond /= 2;
        Count = _withinAMinute + Beyond;
        for (var minute = 1; minute < Minutes && _bins is not null; minute++)
        {
            _bins[minute] /= 2;
            Count += _bins[minute];
        }
    }
}
