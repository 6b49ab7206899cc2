using CsCheck;
using Petrel.Storage;
using Petrel.Storage.Memory;
using Petrel.Storage.Postgres;

namespace Petrel.Tests.Storage;

public sealed class MemoryModelTests : StoreModelSuite
{
    protected override IStore Store { get; } = new MemoryStore();

    protected override int Samples => 1_000;
}

public sealed class RocksDbModelTests(RocksDbFixture fixture) : StoreModelSuite, IClassFixture<RocksDbFixture>
{
    protected override IStore Store => fixture.Store;

    protected override int Samples => 150;
}

[Collection(PostgresCollection.Name)]
public sealed class PostgresModelTests(PostgresServer server) : StoreModelSuite, IAsyncLifetime
{
    private PostgresStore _store = null!;

    protected override IStore Store => _store;

    protected override int Samples => 25;

    public async ValueTask InitializeAsync() => _store = await server.OpenAsync();

    public ValueTask DisposeAsync() => _store.DisposeAsync();
}

/// <summary>Random transactions on an engine and on the model: every answer is the same, and so is what is left.</summary>
public abstract class StoreModelSuite
{
    private static readonly KeyRange Everything = new(new Key(Array.Empty<byte>()), new Key(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF }));

    /// <summary>Keys that are close together, of all areas, with the bytes at which encodings go wrong.</summary>
    private static readonly Gen<Key> AnyKey = Gen.Select(
        Gen.OneOf<byte[]>(Array.Empty<byte>(), StoreAreas.Blobs.Prefix.Bytes.ToArray(), StoreAreas.Queues.Prefix.Bytes.ToArray()),
        Gen.OneOf<byte>(0, 1, 2, (byte)'~', 0xFF).Array[1, 3],
        (area, rest) => new Key((byte[])[.. area, .. rest]));

    private static readonly Gen<KeyRange> AnyRange = Gen.Select(AnyKey, AnyKey, (a, b) => a < b ? new KeyRange(a, b) : new KeyRange(b, a));

    private static readonly Gen<byte[]> AnyValue = Gen.Byte.Array[0, 3];

    private static readonly Gen<Step> AnyStep = Gen.Frequency<Step>(
        (6, Gen.Select(AnyKey, AnyValue, (key, value) => (Step)new PutStep(key, value))),
        (2, AnyKey.Select(key => (Step)new DeleteStep(key))),
        (1, AnyRange.Select(range => (Step)new DeleteRangeStep(range))),
        (2, Gen.Select(AnyKey, Gen.Int[-5, 5], (key, delta) => (Step)new AddStep(key, delta))),
        (2, Gen.Select(AnyKey, AnyValue, (log, value) => (Step)new AppendStep(log, value))),
        (1, Gen.Select(AnyKey, Gen.Int[1, 3], (log, entries) => (Step)new TrimStep(log, entries))),
        (3, AnyKey.Array[1, 4].Select(keys => (Step)new GetStep(keys))),
        (4, Gen.Select(AnyRange, Gen.Int[1, 6], Gen.Bool, (range, limit, reverse) => (Step)new ScanStep(range, limit, reverse))));

    private static readonly Gen<Transaction> AnyTransaction =
        Gen.Select(AnyStep.Array[1, 25], Gen.Int[0, 9], (steps, dice) => new Transaction(steps, dice == 0));

    protected abstract IStore Store { get; }

    protected abstract int Samples { get; }

    [Fact]
    public async Task Transactions_Random_AnswerAsTheModelDoes() =>
        await AnyTransaction.Array[1, 8].SampleAsync(CompareAsync, iter: Samples, threads: 1, print: Print);

    private static string Print(Transaction[] transactions) =>
        string.Join('\n', transactions.Select(transaction => $"{(transaction.Fails ? "failing: " : "")}{string.Join("; ", transaction.Steps.AsEnumerable())}"));

    private async Task CompareAsync(Transaction[] transactions)
    {
        await Store.WriteAsync(tx =>
        {
            tx.DeleteRange(Everything);
            return new ValueTask<int>(0);
        });
        var model = new StoreModel();
        foreach (var transaction in transactions)
        {
            model = await RunAsync(transaction, model);
            await CompareStateAsync(model, transactions);
        }
    }

    private async Task<StoreModel> RunAsync(Transaction transaction, StoreModel before)
    {
        var after = before;
        try
        {
            await Store.WriteAsync(async tx =>
            {
                after = before.Copy();
                foreach (var step in transaction.Steps)
                {
                    await step.RunAsync(tx, after, before);
                }

                return transaction.Fails ? throw new InvalidDataException("as planned") : 0;
            });
            return after;
        }
        catch (InvalidDataException)
        {
            return before;
        }
    }

    private async Task CompareStateAsync(StoreModel model, Transaction[] transactions)
    {
        var keys = transactions.SelectMany(transaction => transaction.Steps).Select(step => step.Key).OfType<Key>().Distinct().ToList();
        await Store.ReadAsync(async tx =>
        {
            await new ScanStep(Everything, 1_000, Reverse: false).CheckAsync(tx, model);
            await new ScanStep(Everything, 1_000, Reverse: true).CheckAsync(tx, model);
            foreach (var key in keys)
            {
                Assert.Equal(model.Counter(key), await tx.GetCounterAsync(key));
                var entries = await tx.ReadLogAsync(key, LogPosition.Start, 1_000);
                Assert.Equal(model.Log(key), entries.Select(entry => Convert.ToHexString(entry.Value.Span)));
                Assert.Equal(entries.Select(entry => entry.Position).Order(), entries.Select(entry => entry.Position));
            }

            return 0;
        });
    }

    private sealed record Transaction(Step[] Steps, bool Fails);

    /// <summary>One call, made to the engine and to the model of the transaction so far.</summary>
    private abstract record Step(Key? Key)
    {
        public abstract ValueTask RunAsync(IWriteTransaction tx, StoreModel after, StoreModel before);
    }

    private abstract record WriteStep(Key? Key) : Step(Key)
    {
        public override ValueTask RunAsync(IWriteTransaction tx, StoreModel after, StoreModel before)
        {
            Run(tx, after);
            return default;
        }

        protected abstract void Run(IWriteTransaction tx, StoreModel model);
    }

    private sealed record PutStep(Key At, byte[] Value) : WriteStep(At)
    {
        protected override void Run(IWriteTransaction tx, StoreModel model)
        {
            tx.Put(At, Value);
            model.Put(At, Value);
        }
    }

    private sealed record DeleteStep(Key At) : WriteStep(At)
    {
        protected override void Run(IWriteTransaction tx, StoreModel model)
        {
            tx.Delete(At);
            model.Delete(At);
        }
    }

    private sealed record DeleteRangeStep(KeyRange Range) : WriteStep((Key?)null)
    {
        protected override void Run(IWriteTransaction tx, StoreModel model)
        {
            tx.DeleteRange(Range);
            model.DeleteRange(Range);
        }
    }

    private sealed record AddStep(Key At, long Delta) : WriteStep(At)
    {
        protected override void Run(IWriteTransaction tx, StoreModel model)
        {
            tx.Add(At, Delta);
            model.Add(At, Delta);
        }
    }

    private sealed record AppendStep(Key Log, byte[] Value) : WriteStep(Log)
    {
        protected override void Run(IWriteTransaction tx, StoreModel model)
        {
            tx.Append(Log, Value);
            model.Append(Log, Value);
        }
    }

    /// <summary>Trims entries that were there before the transaction, unless it removed them meanwhile.</summary>
    private sealed record TrimStep(Key Log, int Entries) : Step(Log)
    {
        public override async ValueTask RunAsync(IWriteTransaction tx, StoreModel after, StoreModel before)
        {
            var entries = await tx.ReadLogAsync(Log, LogPosition.Start, Entries);
            if (entries.Count > 0)
            {
                tx.TrimLog(Log, entries[^1].Position);
                after.TrimLog(Log, entries.Count);
            }
        }
    }

    private sealed record GetStep(Key[] Keys) : Step((Key?)null)
    {
        public override async ValueTask RunAsync(IWriteTransaction tx, StoreModel after, StoreModel before)
        {
            var expected = Keys.Select(after.Get).ToList();
            Assert.Equal(expected, (await tx.GetManyAsync(Keys)).Select(Show));
            Assert.Equal(expected[0], Show(await tx.GetAsync(Keys[0])));
        }

        private static string Show(ReadOnlyMemory<byte>? value) => value is { } bytes ? Convert.ToHexString(bytes.Span) : "absent";
    }

    private sealed record ScanStep(KeyRange Range, int Limit, bool Reverse) : Step((Key?)null)
    {
        public override ValueTask RunAsync(IWriteTransaction tx, StoreModel after, StoreModel before) => CheckAsync(tx, after);

        public async ValueTask CheckAsync(IReadTransaction tx, StoreModel model)
        {
            var found = await tx.ScanAsync(Range, Limit, Reverse);
            Assert.Equal(
                model.Scan(Range, Limit, Reverse), string.Join(' ', found.Select(pair => $"{pair.Key}={Convert.ToHexString(pair.Value.Span)}")));
        }
    }
}
