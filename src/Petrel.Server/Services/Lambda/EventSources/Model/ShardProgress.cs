using System.IO.Hashing;
using System.Text;
using Petrel.Server.Services.Lambda.Model;

namespace Petrel.Server.Services.Lambda.EventSources.Model;

/// <summary>
/// How far a mapping has come in a shard whose records go through several lanes, each in its own time. Records of one partition key are
/// always in the same lane. Not safe for use by several threads at once.
/// </summary>
internal sealed class ShardProgress
{
    private readonly ulong[] _marks;
    private readonly Queue<ulong>[] _open;
    private readonly List<ulong[]> _earlier;
    private ulong _readThrough;

    private ShardProgress(ulong[] marks, List<ulong[]> earlier)
    {
        (_marks, _earlier) = (marks, earlier);
        _open = [.. marks.Select(_ => new Queue<ulong>())];
        _readThrough = marks.Min();
        DropEarlier();
    }

    /// <summary>Goes on after a checkpoint, whatever number of lanes wrote it.</summary>
    public static ShardProgress From(ShardCheckpoint checkpoint, int lanes)
    {
        var earlier = new List<ulong[]>(checkpoint.Earlier ?? []);
        if (checkpoint.Marks.Length == lanes)
        {
            return new ShardProgress([.. checkpoint.Marks], earlier);
        }

        earlier.Add(checkpoint.Marks);
        var marks = new ulong[lanes];
        Array.Fill(marks, checkpoint.Marks.Min());
        return new ShardProgress(marks, earlier);
    }

    public int Lanes => _marks.Length;

    /// <summary>Everything up to here is done: reading goes on after it.</summary>
    public ulong Low => _marks.Min();

    public int LaneOf(string partitionKey) => LaneOf(partitionKey, _marks.Length);

    /// <summary>Whether a record was done before.</summary>
    public bool IsDone(ulong position, string partitionKey)
    {
        if (_marks[LaneOf(partitionKey)] >= position)
        {
            return true;
        }

        foreach (var marks in _earlier)
        {
            if (marks[LaneOf(partitionKey, marks.Length)] >= position)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a lane has records that are not done.</summary>
    public bool HasOpen => Array.Exists(_open, lane => lane.Count > 0);

    /// <summary>A record is given to a lane.</summary>
    public void Opened(int lane, ulong position) => _open[lane].Enqueue(position);

    /// <summary>Everything up to here has been given to lanes, or needs none.</summary>
    /// <returns>Whether that is further than before.</returns>
    public bool ReadThrough(ulong position)
    {
        if (position <= _readThrough)
        {
            return false;
        }

        _readThrough = position;
        for (var lane = 0; lane < _marks.Length; lane++)
        {
            Advance(lane);
        }

        return true;
    }

    /// <summary>A lane's records up to a position are done.</summary>
    public void Closed(int lane, ulong through)
    {
        while (_open[lane].TryPeek(out var first) && first <= through)
        {
            _open[lane].Dequeue();
        }

        Advance(lane);
    }

    /// <summary>What a later owner goes on from.</summary>
    public ShardCheckpoint ToCheckpoint()
    {
        DropEarlier();
        return new ShardCheckpoint([.. _marks], _earlier.Count == 0 ? null : [.. _earlier]);
    }

    private void Advance(int lane)
    {
        var through = _open[lane].TryPeek(out var first) ? Math.Min(first - 1, _readThrough) : _readThrough;
        _marks[lane] = Math.Max(_marks[lane], through);
    }

    private void DropEarlier() => _earlier.RemoveAll(marks => marks.Max() <= _marks.Min());

    private static int LaneOf(string partitionKey, int lanes) =>
        lanes == 1 ? 0 : (int)(XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(partitionKey)) % (ulong)lanes);
}
