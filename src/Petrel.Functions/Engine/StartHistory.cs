namespace Petrel.Functions.Engine;

/// <summary>The last start of each function, of as many functions as are kept.</summary>
internal sealed class StartHistory
{
    /// <summary>A timeline is about 300 bytes.</summary>
    private const int MaxFunctions = 2000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, StartTimeline> _last = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    public StartTimeline? Find(string functionArn)
    {
        lock (_lock)
        {
            return _last.GetValueOrDefault(functionArn);
        }
    }

    public void Add(string functionArn, StartTimeline timeline)
    {
        lock (_lock)
        {
            if (!_last.ContainsKey(functionArn))
            {
                _order.Enqueue(functionArn);
                if (_order.Count > MaxFunctions)
                {
                    _last.Remove(_order.Dequeue());
                }
            }

            _last[functionArn] = timeline;
        }
    }
}
