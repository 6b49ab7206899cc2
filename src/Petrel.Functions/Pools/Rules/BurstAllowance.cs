namespace Petrel.Functions.Pools.Rules;

/// <summary>How many instances a function may still start: so many at once, refilled evenly over ten seconds.</summary>
internal sealed class BurstAllowance
{
    private static readonly TimeSpan Refill = TimeSpan.FromSeconds(10);
    private double _used;
    private TimeSpan _at;

    public bool TryTake(int most, TimeSpan now)
    {
        Settle(most, now);
        if (_used + 1 > most)
        {
            return false;
        }

        _used++;
        return true;
    }

    /// <summary>When the next start is allowed.</summary>
    public TimeSpan NextAt(int most, TimeSpan now)
    {
        Settle(most, now);
        return _used + 1 <= most ? now : now + (Refill * ((_used + 1 - most) / most)) + TimeSpan.FromTicks(1);
    }

    private void Settle(int most, TimeSpan now)
    {
        _used = Math.Max(0, _used - (most * ((now - _at) / Refill)));
        _at = now;
    }
}
