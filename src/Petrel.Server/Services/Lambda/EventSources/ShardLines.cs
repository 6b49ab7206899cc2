using Petrel.Aws.EventSources;

namespace Petrel.Server.Services.Lambda.EventSources;

/// <summary>What the lanes of a shard hold together, and the room that is left for reading on.</summary>
internal sealed class ShardLines(BufferBudget budget, int maxRecords)
{
    private readonly Wake _room = new();
    private long _bytes;
    private int _records;

    /// <summary>Set when some of what was held is done.</summary>
    public Wake Room => _room;

    public bool HasRoom => Volatile.Read(ref _records) < maxRecords && budget.Allows(Interlocked.Read(ref _bytes));

    public void Held(StreamEvent record)
    {
        Interlocked.Add(ref _bytes, record.Json.Length);
        Interlocked.Increment(ref _records);
        budget.Add(record.Json.Length);
    }

    public void Done(IReadOnlyList<StreamEvent> records)
    {
        var bytes = records.Sum(record => (long)record.Json.Length);
        Interlocked.Add(ref _bytes, -bytes);
        Interlocked.Add(ref _records, -records.Count);
        budget.Add(-bytes);
        _room.Set();
    }

    /// <summary>The shard is left with what it still holds.</summary>
    public void Clear()
    {
        budget.Add(-Interlocked.Exchange(ref _bytes, 0));
        _records = 0;
    }
}
