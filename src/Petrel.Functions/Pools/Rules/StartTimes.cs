namespace Petrel.Functions.Pools.Rules;

/// <summary>How long starts take, by their kind: one from a waiting runtime and one from nothing differ by a factor of ten and more.</summary>
internal sealed class StartTimes
{
    private readonly Mean[] _means = new Mean[Enum.GetValues<StartKind>().Length];
    private StartKind? _last;

    /// <summary>The next start is expected to be of the kind of the last; null before the first.</summary>
    public TimeSpan? Expected => _last is { } kind ? _means[(int)kind].Value : null;

    public void Add(StartKind kind, TimeSpan took)
    {
        _last = kind;
        _means[(int)kind].Add(took);
    }
}
