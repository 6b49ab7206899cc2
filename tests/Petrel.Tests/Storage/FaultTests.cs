using System.Text;
using Petrel.Storage;
using Petrel.Storage.Blobs;
using Petrel.Storage.Faults;
using Petrel.Storage.Memory;
using Petrel.Testing;

namespace Petrel.Tests.Storage;

/// <summary>A decorator that fails nothing is an engine like the others.</summary>
public sealed class FaultInjectingStoreTests : StoreSuite
{
    protected override IStore Store { get; } = new FaultInjectingStore(new MemoryStore(), FaultPlan.None);
}

public sealed class WorkQueueWithFaultsTests : WorkQueueSuite
{
    protected override IStore Store { get; } = new FaultInjectingStore(new MemoryStore(), FaultPlan.None);
}

/// <summary>Workloads in which call n fails, for every n: whoever retries what failed finds everything consistent.</summary>
public sealed class FaultTests
{
    [Theory]
    [InlineData(FaultKind.BeforeIt, 1)]
    [InlineData(FaultKind.AfterIt, 1)]
    [InlineData(FaultKind.BeforeIt, 3)]
    public async Task Queue_AnyCallFails_LosesNoAcceptedItem(FaultKind kind, int count) => await ForEveryCallAsync(kind, count, async (store, engine) =>
    {
        var clock = new ManualClock();
        var queues = new WorkQueue(store, clock, new SystemIdSource());
        var accepted = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            var body = $"{i}";
            if (await TryAsync(() => store.WriteAsync(async tx => i % 2 == 0
                ? queues.Enqueue(tx, 7, Encoding.UTF8.GetBytes(body))
                : await queues.EnqueueOrderedAsync(tx, 7, "group", Encoding.UTF8.GetBytes(body)))))
            {
                accepted.Add(body);
            }
        }

        var done = new List<string>();
        for (var round = 0; round < 20; round++)
        {
            IReadOnlyList<WorkLease> leases = [];
            await TryAsync(async () => leases = await queues.ReceiveAsync(7, new ReceiveOptions { Max = 2 }));
            foreach (var lease in leases)
            {
                await TryAsync(() => queues.CompleteAsync(lease));
                done.Add(Encoding.UTF8.GetString(lease.Body.Span));
            }

            clock.Advance(TimeSpan.FromSeconds(31));
        }

        Assert.Empty(accepted.Except(done));
        Assert.Equal(default, await new WorkQueue(engine, clock, new SystemIdSource()).CountAsync(7));
        Assert.Empty(await engine.ReadAsync(tx => tx.ScanAsync(StoreAreas.Queues.Range(), 10)));
    });

    [Theory]
    [InlineData(FaultKind.BeforeIt)]
    [InlineData(FaultKind.AfterIt)]
    public async Task EventLog_AnyCallFails_ConsumerSeesEachAcknowledgedEntry(FaultKind kind) => await ForEveryCallAsync(kind, 1, async (store, _) =>
    {
        var log = new EventLogId(1, 1);
        var logs = new EventLog(store, new ManualClock());
        var acknowledged = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            var value = $"{i}";
            if (await TryAsync(() => WriteAsync(store, tx => logs.Append(tx, log, "k", Encoding.UTF8.GetBytes(value)))))
            {
                acknowledged.Add(value);
            }
        }

        var seen = new List<string>();
        for (var round = 0; round < 12; round++)
        {
            await TryAsync(async () =>
            {
                var cursor = await store.ReadAsync(tx => logs.LoadCursorAsync(tx, log, "consumer", 0));
                var events = await logs.ReadAsync(log, 0, cursor, 1);
                seen.AddRange(events.Select(entry => Encoding.UTF8.GetString(entry.Value.Span)));
                return events.Count > 0 && await WriteAsync(store, tx => logs.SaveCursor(tx, log, "consumer", 0, events[^1].Position));
            });
        }

        Assert.Empty(acknowledged.Except(seen));
        Assert.Equal(seen.Order(), seen);
    });

    [Theory]
    [InlineData(FaultKind.BeforeIt)]
    [InlineData(FaultKind.AfterIt)]
    public async Task Blobs_AnyCallFails_RowsAndFilesAgree(FaultKind kind)
    {
        using var folder = new TemporaryFolder();
        await ForEveryCallAsync(kind, 1, async (store, engine) =>
        {
            var clock = new ManualClock(TimeProvider.System.GetUtcNow());
            var blobs = new FileBlobStore(store, folder.Path, clock, new SystemIdSource());
            var row = new Subspace("owner").Key("row");
            foreach (var size in (int[])[10, 100_000])
            {
                var staged = await blobs.StageAsync(new MemoryStream(new byte[size]));
                await TryAsync(() => WriteAsync(store, tx =>
                {
                    blobs.Commit(tx, staged);
                    tx.Put(row, default);
                }));
                if (await engine.ReadAsync(tx => tx.GetAsync(row)) is not null)
                {
                    await using (await new FileBlobStore(engine, folder.Path, clock, new SystemIdSource()).OpenAsync(staged.Ref))
                    {
                        // It is there because its row is.
                    }

                    await TryAsync(() => WriteAsync(store, tx =>
                    {
                        blobs.Delete(tx, staged.Ref);
                        tx.Delete(row);
                    }));
                }
            }

            await TryAsync(async () => await blobs.SweepAsync());
            await WriteAsync(engine, tx => tx.DeleteRange(new Subspace("owner").Range()));
        });
    }

    [Fact]
    public async Task Receive_SignalsLost_FindsItemsByRescan()
    {
        var clock = new ManualClock();
        var engine = new MemoryStore();
        var deaf = new WorkQueue(new FaultInjectingStore(engine, FaultPlan.SignalsLost), clock, new SystemIdSource());
        var receiving = deaf.ReceiveAsync(7, new ReceiveOptions { Wait = TimeSpan.FromSeconds(20) });
        await Eventually.IsTrueAsync(() => clock.WaitingTimers > 0);
        await WriteAsync(engine, tx => new WorkQueue(engine, clock, new SystemIdSource()).Enqueue(tx, 7, default));
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Single(await receiving.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    /// <summary>Runs the workload with call 1 failing, then call 2, until one run does not come as far.</summary>
    private static async Task ForEveryCallAsync(FaultKind kind, int count, Func<IStore, IStore, Task> workload)
    {
        for (var call = 1; ; call++)
        {
            var plan = FaultPlan.Fail(call, kind, count);
            var engine = new MemoryStore();
            try
            {
                await workload(new FaultInjectingStore(engine, plan), engine);
            }
            catch (Exception exception) when (exception is not StoreException)
            {
                throw new InvalidOperationException($"With call {call} failing: {exception.Message}", exception);
            }

            if (plan.Calls < call)
            {
                Assert.True(call > 5);
                return;
            }
        }
    }

    private static async Task<bool> TryAsync<T>(Func<ValueTask<T>> action)
    {
        try
        {
            await action();
            return true;
        }
        catch (StoreException)
        {
            return false;
        }
    }

    private static async ValueTask<bool> WriteAsync(IStore store, Action<IWriteTransaction> write) => await store.WriteAsync(tx =>
    {
        write(tx);
        return new ValueTask<bool>(true);
    });
}
