using System.Runtime.InteropServices;
using Petrel.Storage;
using Petrel.Storage.Memory;
using Petrel.Storage.Postgres;

namespace Petrel.Tests.Storage;

public sealed class MemorySerialisabilityTests : SerialisabilitySuite
{
    protected override IStore Store { get; } = new MemoryStore();
}

public sealed class RocksDbSerialisabilityTests(RocksDbFixture fixture) : SerialisabilitySuite, IClassFixture<RocksDbFixture>
{
    protected override IStore Store => fixture.Store;
}

[Collection(PostgresCollection.Name)]
public sealed class PostgresSerialisabilityTests(PostgresServer server) : SerialisabilitySuite, IAsyncLifetime
{
    private PostgresStore _store = null!;

    protected override IStore Store => _store;

    /// <summary>Serialisable there is what writes; a read alone sees a snapshot, which may fall between two that write.</summary>
    protected override bool SnapshotsAreInOrder => false;

    protected override int TransactionsEach => 12;

    public async ValueTask InitializeAsync() => _store = await server.OpenAsync();

    public ValueTask DisposeAsync() => _store.DisposeAsync();
}

/// <summary>
/// 32 writers at once, watched by a checker: each row is a list to which transactions append their numbers, so that what each read and
/// wrote gives the order between them. There must be an order of all that agrees with every one and with the clock.
/// </summary>
public abstract class SerialisabilitySuite
{
    private const int Writers = 32;
    private const int Rows = 12;

    private readonly Subspace _space = new("serialisable", (long)Environment.TickCount64);

    protected abstract IStore Store { get; }

    protected virtual bool SnapshotsAreInOrder => true;

    protected virtual int TransactionsEach => 40;

    [Fact]
    public async Task Write_ManyWriters_HaveOneSerialOrder()
    {
        var clock = new StrongClock();
        var histories = await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() => RunWriterAsync(writer, clock))));
        var final = await Store.ReadAsync(ReadAllAsync);
        var order = new SerialOrder(histories.SelectMany(history => history).ToList(), final);
        Assert.Null(order.FindContradiction());
        Assert.Equal(Writers * TransactionsEach, await Store.ReadAsync(tx => tx.GetCounterAsync(_space.Key("count"))));
    }

    [Fact]
    public void FindContradiction_LostUpdate_IsFound()
    {
        // Both read an empty row and appended; one append is gone.
        var first = new Observation(1, new() { [0] = [] }, [0], 0, 10);
        var second = new Observation(2, new() { [0] = [] }, [0], 0, 10);
        Assert.NotNull(new SerialOrder([first, second], new() { [0] = [2] }).FindContradiction());
    }

    [Fact]
    public void FindContradiction_WriteSkew_IsFound()
    {
        // Each read the row that the other wrote, before it was written.
        var first = new Observation(1, new() { [0] = [], [1] = [] }, [0], 0, 10);
        var second = new Observation(2, new() { [0] = [], [1] = [] }, [1], 0, 10);
        Assert.NotNull(new SerialOrder([first, second], new() { [0] = [1], [1] = [2] }).FindContradiction());
    }

    [Fact]
    public void FindContradiction_StaleRead_IsFound()
    {
        // The second began after the first was acknowledged, and did not see it.
        var first = new Observation(1, [], [0], 0, 10);
        var second = new Observation(2, new() { [0] = [] }, [], 20, 30);
        Assert.NotNull(new SerialOrder([first, second], new() { [0] = [1] }).FindContradiction());
    }

    private async Task<List<Observation>> RunWriterAsync(int writer, StrongClock clock)
    {
        var random = new Random(writer);
        var seen = new List<Observation>();
        for (var i = 0; i < TransactionsEach; i++)
        {
            var id = (writer * 10_000) + (i * 2) + 1;
            var rows = Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(Rows)).Distinct().ToList();
            var written = rows.Where(_ => random.Next(2) == 0).ToList();
            var started = clock.Now();
            var read = await Store.WriteAsync(tx => AppendAsync(tx, id, rows, written));
            seen.Add(new Observation(id, read, written, started, clock.Now()));
            if (SnapshotsAreInOrder && random.Next(3) == 0)
            {
                started = clock.Now();
                seen.Add(new Observation(id + 1, await Store.ReadAsync(ReadAllAsync), [], started, clock.Now()));
            }
        }

        return seen;
    }

    private async ValueTask<Dictionary<int, int[]>> AppendAsync(IWriteTransaction tx, int id, List<int> rows, List<int> written)
    {
        var read = new Dictionary<int, int[]>();
        foreach (var row in rows)
        {
            read[row] = Decode(await tx.GetAsync(RowKey(row)));
        }

        foreach (var row in written)
        {
            tx.Put(RowKey(row), MemoryMarshal.AsBytes<int>((int[])[.. read[row], id]).ToArray());
        }

        tx.Add(_space.Key("count"), 1);
        return read;
    }

    private async ValueTask<Dictionary<int, int[]>> ReadAllAsync(IReadTransaction tx)
    {
        var values = await tx.GetManyAsync(Enumerable.Range(0, Rows).Select(RowKey).ToList());
        return values.Select((value, row) => (row, value)).ToDictionary(pair => pair.row, pair => Decode(pair.value));
    }

    private Key RowKey(int row) => _space.Key("row", (long)row);

    private static int[] Decode(ReadOnlyMemory<byte>? value) =>
        value is { } bytes ? MemoryMarshal.Cast<byte, int>(bytes.Span).ToArray() : [];

    /// <summary>Counts moments over all threads: what ended before something began has a lower number.</summary>
    private sealed class StrongClock
    {
        private long _now;

        public long Now() => Interlocked.Increment(ref _now);
    }
}

/// <summary>What one transaction read and appended to, between two moments.</summary>
internal sealed record Observation(int Id, Dictionary<int, int[]> Read, List<int> Wrote, long Started, long Ended);

/// <summary>Looks for an order of all transactions that explains what each saw.</summary>
internal sealed class SerialOrder(List<Observation> transactions, Dictionary<int, int[]> final)
{
    private readonly Dictionary<int, HashSet<int>> _before = transactions.ToDictionary(tx => tx.Id, _ => new HashSet<int>());

    /// <summary>What is wrong, or null when an order exists.</summary>
    public string? FindContradiction()
    {
        var acknowledged = transactions.SelectMany(tx => tx.Wrote.Select(row => (row, tx.Id))).ToHashSet();
        var present = final.SelectMany(row => row.Value.Select(id => (row.Key, id))).ToHashSet();
        if (!acknowledged.SetEquals(present))
        {
            return "An acknowledged append is missing, or one appears twice.";
        }

        foreach (var transaction in transactions)
        {
            foreach (var (row, seen) in transaction.Read)
            {
                if (!final[row].AsSpan().StartsWith(seen))
                {
                    return $"Transaction {transaction.Id} saw a state of row {row} that never was.";
                }
            }

            AddRowEdges(transaction);
        }

        return HasCycle() ? "The transactions contradict each other." : null;
    }

    private void AddRowEdges(Observation transaction)
    {
        foreach (var (row, seen) in transaction.Read)
        {
            if (seen.Length > 0)
            {
                _before[seen[^1]].Add(transaction.Id); // It saw that append: it comes after.
            }

            if (seen.Length < final[row].Length && final[row][seen.Length] != transaction.Id)
            {
                _before[transaction.Id].Add(final[row][seen.Length]); // It did not see the next: it comes before.
            }
        }
    }

    /// <summary>
    /// Takes away, again and again, a transaction that nothing left must precede: by the rows, or because it ended before this one began.
    /// What is left over is a cycle.
    /// </summary>
    private bool HasCycle()
    {
        foreach (var row in final.Values)
        {
            for (var i = 1; i < row.Length; i++)
            {
                _before[row[i - 1]].Add(row[i]);
            }
        }

        var waitsFor = transactions.ToDictionary(tx => tx.Id, _ => 0);
        foreach (var later in _before.Values.SelectMany(edges => edges))
        {
            waitsFor[later]++;
        }

        var left = transactions.ToDictionary(tx => tx.Id);
        while (left.Count > 0)
        {
            var firstEnd = left.Values.Min(tx => tx.Ended);
            var free = left.Values.Where(tx => waitsFor[tx.Id] == 0 && tx.Started < firstEnd).ToList();
            if (free.Count == 0)
            {
                return true;
            }

            foreach (var transaction in free)
            {
                left.Remove(transaction.Id);
                foreach (var later in _before[transaction.Id])
                {
                    waitsFor[later]--;
                }
            }
        }

        return false;
    }
}
