namespace Petrel.Functions.Pools.Rules;

/// <summary>An exponentially weighted mean of times.</summary>
internal struct Mean
{
    /// <summary>The weight of the newest value.</summary>
    private const double Newest = 0.2;

    private TimeSpan? _mean;

    /// <summary>Null before the first value.</summary>
    public readonly TimeSpan? Value => _mean;

    public void Add(TimeSpan value) => _mean = _mean is { } mean ? mean + ((value - mean) * Newest) : value;
}
