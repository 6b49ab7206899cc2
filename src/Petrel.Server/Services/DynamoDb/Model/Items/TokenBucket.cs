namespace Petrel.Server.Services.DynamoDb.Model.Items;

/// <summary>
/// Provisioned units of one table or index: they come at a rate, and those that nobody used gather for five minutes, as the service's
/// documentation says of burst capacity. A request is let in while there is anything left, and pays what it turned out to use, so that
/// large requests pass and are paid for by those after them.
/// </summary>
internal sealed class TokenBucket
{
    private const int BurstSeconds = 300;

    private readonly Lock _gate = new();
    private double _units;
    private double _rate;
    private long _at;

    /// <param name="now">Milliseconds of a clock that never goes back.</param>
    public TokenBucket(double unitsPerSecond, long now) => (_rate, _units, _at) = (unitsPerSecond, unitsPerSecond * BurstSeconds, now);

    public bool HasUnits(double unitsPerSecond, long now)
    {
        lock (_gate)
        {
            Refill(unitsPerSecond, now);
            return _units > 0;
        }
    }

    public void Take(double units, double unitsPerSecond, long now)
    {
        lock (_gate)
        {
            Refill(unitsPerSecond, now);
            _units -= units;
        }
    }

    /// <summary>A table whose throughput changes keeps what it gathered, up to the new bound.</summary>
    private void Refill(double unitsPerSecond, long now)
    {
        _units = Math.Min(_units + (_rate * (now - _at) / 1_000), unitsPerSecond * BurstSeconds);
        (_rate, _at) = (unitsPerSecond, now);
    }
}
