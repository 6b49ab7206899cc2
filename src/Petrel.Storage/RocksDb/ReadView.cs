namespace Petrel.Storage.RocksDb;

/// <summary>
/// A snapshot of what is synced, shared by all readers between two commits and released by the last who holds it. Only the lane makes
/// one, right after a sync: at any other moment the database also holds writes that could still be lost.
/// </summary>
internal sealed class ReadView(RocksDatabase database)
{
    private readonly nint _snapshot = RocksNative.CreateSnapshot(database.Handle);
    private int _holders = 1;

    public nint Snapshot => _snapshot;

    public RocksDatabase Database => database;

    /// <summary>False when the view has gone; a newer one is there then.</summary>
    public bool TryHold()
    {
        while (true)
        {
            var holders = Volatile.Read(ref _holders);
            if (holders == 0)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _holders, holders + 1, holders) == holders)
            {
                return true;
            }
        }
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            RocksNative.ReleaseSnapshot(database.Handle, _snapshot);
        }
    }

    /// <summary>Gives up the store's own hold and waits until no reader has one; takes it back when one stays.</summary>
    public bool TryDrain(TimeSpan within)
    {
        if (SpinWait.SpinUntil(() => Volatile.Read(ref _holders) == 1, within)
            && Interlocked.CompareExchange(ref _holders, 0, 1) == 1)
        {
            RocksNative.ReleaseSnapshot(database.Handle, _snapshot);
            return true;
        }

        return false;
    }
}
