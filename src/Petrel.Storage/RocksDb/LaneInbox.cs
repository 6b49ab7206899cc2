namespace Petrel.Storage.RocksDb;

/// <summary>Where requests wait for the lane. The lane takes all of them at once and sleeps when there are none.</summary>
internal sealed class LaneInbox(int capacity)
{
    private readonly object _gate = new();
    private List<LaneRequest> _waiting = [];
    private bool _laneSleeps;
    private bool _closed;

    public void Post(LaneRequest request)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(IStore));
            if (_waiting.Count >= capacity)
            {
                throw new StoreBusyException($"More than {capacity} transactions wait for the store.");
            }

            _waiting.Add(request);
            if (_laneSleeps)
            {
                _laneSleeps = false;
                Monitor.Pulse(_gate);
            }
        }
    }

    /// <summary>Swaps the waiting requests for an empty list. Waits for one; false when the inbox is closed and drained.</summary>
    public bool Take(ref List<LaneRequest> empty)
    {
        lock (_gate)
        {
            while (_waiting.Count == 0)
            {
                if (_closed)
                {
                    return false;
                }

                _laneSleeps = true;
                Monitor.Wait(_gate);
            }

            (_waiting, empty) = (empty, _waiting);
            return true;
        }
    }

    /// <summary>The same without waiting.</summary>
    public bool TryTakeMore(ref List<LaneRequest> empty)
    {
        lock (_gate)
        {
            if (_waiting.Count == 0)
            {
                return false;
            }

            (_waiting, empty) = (empty, _waiting);
            return true;
        }
    }

    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            _laneSleeps = false;
            Monitor.Pulse(_gate);
        }
    }
}
