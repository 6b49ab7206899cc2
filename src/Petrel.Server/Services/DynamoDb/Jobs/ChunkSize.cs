using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Storage;

namespace Petrel.Server.Services.DynamoDb.Jobs;

/// <summary>How many items a piece of a job takes: as many as fit a transaction's limits, and the time for which it may hold up others.</summary>
internal sealed class ChunkSize(TimeProvider time)
{
    public const int MaxItems = 1_000;

    private const int FirstItems = 64;

    /// <summary>Rows written beside those of items: of the job and the table.</summary>
    private const int OtherRows = 50;

    /// <summary>Rows an item or an entry takes: itself and two counters.</summary>
    private const int RowsPerItem = 3;

    /// <summary>Rows that follow an item: of the log of a backup, of expiry, a mark.</summary>
    private const int FollowingRows = 6;

    /// <summary>Half of the time that a transaction function may take.</summary>
    private static readonly TimeSpan Aim = TimeSpan.FromMilliseconds(2.5);

    private double _items = FirstItems;

    /// <summary>What the last piece took inside its transaction.</summary>
    public TimeSpan LastTook { get; private set; }

    /// <summary>Bytes of items for a piece that writes them to a table with this many indexes.</summary>
    public static int MaxBytes(int indexes) => TransactionLimits.MaxBytes / 4 / (1 + indexes);

    /// <summary>Items for a piece that writes them to a table with this many indexes.</summary>
    public int Items(int indexes) =>
        (int)Math.Clamp(_items, 1, (TransactionLimits.MaxKeys - OtherRows) / (FollowingRows + (RowsPerItem * (1 + indexes))));

    public long Start() => time.GetTimestamp();

    /// <summary>Learns from a piece.</summary>
    public void Took(long started, int items)
    {
        LastTook = time.GetElapsedTime(started);
        var factor = LastTook > TimeSpan.Zero ? Math.Clamp(Aim / LastTook, 0.5, 2) : 2;
        if (items >= (int)_items || factor < 1)
        {
            _items = Math.Clamp(_items * factor, 1, MaxItems);
        }
    }
}
