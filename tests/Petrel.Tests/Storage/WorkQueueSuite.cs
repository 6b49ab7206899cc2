using System.Text;
using Petrel.Storage;
using Petrel.Storage.Memory;
using Petrel.Testing;

namespace Petrel.Tests.Storage;

public sealed class WorkQueueOnMemoryTests : WorkQueueSuite
{
    protected override IStore Store { get; } = new MemoryStore();
}

public sealed class WorkQueueOnRocksDbTests(RocksDbFixture fixture) : WorkQueueSuite, IClassFixture<RocksDbFixture>
{
    protected override IStore Store => fixture.Store;
}

/// <summary>What the work queue promises, on each engine.</summary>
public abstract class WorkQueueSuite
{
    private readonly ManualClock _clock = new();
    private readonly SystemIdSource _ids = new();
    private readonly ulong _queue;

    protected WorkQueueSuite() => _queue = _ids.NextId();

    protected abstract IStore Store { get; }

    private WorkQueue Queue => field ??= new WorkQueue(Store, _clock, _ids);

    [Fact]
    public async Task Receive_AfterEnqueue_GivesTheItemOnce()
    {
        var id = await EnqueueAsync("a");
        var lease = Assert.Single(await ReceiveAsync());
        Assert.Equal((id, "a", 1), (lease.Id, Text(lease.Body), lease.Attempts));
        Assert.Equal(_clock.GetUtcNow(), lease.EnqueuedAt);
        Assert.Empty(await ReceiveAsync());
    }

    [Fact]
    public async Task Receive_SeveralItems_ComeInOrder()
    {
        foreach (var body in (string[])["a", "b", "c"])
        {
            await EnqueueAsync(body);
        }

        Assert.Equal(["a", "b"], (await ReceiveAsync(max: 2)).Select(lease => Text(lease.Body)));
        Assert.Equal(["c"], (await ReceiveAsync(max: 2)).Select(lease => Text(lease.Body)));
    }

    [Fact]
    public async Task Receive_TransactionOfTheProducerFails_FindsNothing()
    {
        await Assert.ThrowsAsync<InvalidDataException>(async () => await Store.WriteAsync<int>(tx =>
        {
            Queue.Enqueue(tx, _queue, Bytes("a"));
            throw new InvalidDataException();
        }));
        Assert.Empty(await ReceiveAsync());
        Assert.Equal(default, await Queue.CountAsync(_queue));
    }

    [Fact]
    public async Task Receive_LeaseEnded_GivesTheItemAgain()
    {
        await EnqueueAsync("a");
        await ReceiveAsync();
        _clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(2, Assert.Single(await ReceiveAsync()).Attempts);
    }

    [Fact]
    public async Task Receive_DelayedItem_ComesWhenItIsDue()
    {
        await EnqueueAsync("late", TimeSpan.FromSeconds(10));
        Assert.Empty(await ReceiveAsync());
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Single(await ReceiveAsync());
    }

    [Fact]
    public async Task Receive_ItemDueBeforeThoseAlreadyPassed_IsFound()
    {
        await EnqueueAsync("late", TimeSpan.FromSeconds(60));
        _clock.Advance(TimeSpan.FromSeconds(50));
        Assert.Empty(await ReceiveAsync());
        await EnqueueAsync("now");
        Assert.Equal("now", Text(Assert.Single(await ReceiveAsync()).Body));
    }

    [Fact]
    public async Task Receive_WaitingForASignal_WakesOnEnqueue()
    {
        var receiving = ReceiveAsync(wait: TimeSpan.FromSeconds(20));
        await Eventually.IsTrueAsync(() => _clock.WaitingTimers > 0);
        await EnqueueAsync("a");
        Assert.Single(await receiving.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task Receive_WaitingForADelayedItem_WakesWhenItIsDue()
    {
        await EnqueueAsync("a", TimeSpan.FromSeconds(3));
        var receiving = ReceiveAsync(wait: TimeSpan.FromSeconds(20));
        await Eventually.IsTrueAsync(() => _clock.WaitingTimers > 0);
        _clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Single(await receiving.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task Receive_Cancelled_Throws()
    {
        using var cancel = new CancellationTokenSource();
        var receiving = Queue.ReceiveAsync(_queue, new ReceiveOptions { Wait = TimeSpan.FromSeconds(20) }, cancel.Token);
        await Eventually.IsTrueAsync(() => _clock.WaitingTimers > 0);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receiving);
    }

    [Fact]
    public async Task Complete_HeldLease_RemovesTheItem()
    {
        await EnqueueAsync("a");
        var lease = Assert.Single(await ReceiveAsync());
        Assert.True(await Queue.CompleteAsync(lease));
        Assert.False(await Queue.CompleteAsync(lease));
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Empty(await ReceiveAsync());
        Assert.Equal(default, await Queue.CountAsync(_queue));
    }

    [Fact]
    public async Task Complete_LeaseOfAnotherSince_IsRefused()
    {
        await EnqueueAsync("a");
        var first = Assert.Single(await ReceiveAsync());
        _clock.Advance(TimeSpan.FromSeconds(31));
        var second = Assert.Single(await ReceiveAsync());
        Assert.False(await Queue.CompleteAsync(first));
        Assert.False(await Queue.RetryAsync(first, TimeSpan.Zero));
        Assert.Null(await Queue.ExtendAsync(first, TimeSpan.FromSeconds(30)));
        Assert.False(await Queue.DeadLetterAsync(first, "no"));
        Assert.True(await Queue.CompleteAsync(second));
    }

    [Fact]
    public async Task Retry_WithDelay_ComesAgainAfterIt()
    {
        await EnqueueAsync("a");
        Assert.True(await Queue.RetryAsync(Assert.Single(await ReceiveAsync()), TimeSpan.FromSeconds(60)));
        _clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Empty(await ReceiveAsync());
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, Assert.Single(await ReceiveAsync()).Attempts);
    }

    [Fact]
    public async Task Extend_HeldLease_HidesItLonger()
    {
        await EnqueueAsync("a");
        var lease = Assert.Single(await ReceiveAsync());
        _clock.Advance(TimeSpan.FromSeconds(20));
        var extended = await Queue.ExtendAsync(lease, TimeSpan.FromSeconds(30));
        _clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Empty(await ReceiveAsync());
        Assert.False(await Queue.CompleteAsync(lease));
        Assert.True(await Queue.CompleteAsync(extended!));
    }

    [Fact]
    public async Task Receive_AttemptsUsedUp_BecomesADeadLetter()
    {
        var id = await EnqueueAsync("poison");
        for (var attempt = 1; attempt <= 2; attempt++)
        {
            Assert.Single(await ReceiveAsync(maxAttempts: 2));
            _clock.Advance(TimeSpan.FromSeconds(31));
        }

        Assert.Empty(await ReceiveAsync(maxAttempts: 2));
        var dead = Assert.Single(await Queue.DeadLetters(_queue).ListAsync(null, 10));
        Assert.Equal((id, "poison", 2, "received 2 times"), (dead.Id, Text(dead.Body), dead.Attempts, dead.Reason));
        Assert.Equal(new QueueCounts(0, 0, 0, 0, 1), await Queue.CountAsync(_queue));
    }

    [Fact]
    public async Task Receive_TooOld_BecomesADeadLetterAndOthersCome()
    {
        await EnqueueAsync("old");
        _clock.Advance(TimeSpan.FromHours(7));
        await EnqueueAsync("new");
        var options = new ReceiveOptions { Max = 1, MaxAge = TimeSpan.FromHours(6), Wait = TimeSpan.FromSeconds(1) };
        Assert.Equal("new", Text(Assert.Single(await Queue.ReceiveAsync(_queue, options)).Body));
        Assert.Equal("too old", Assert.Single(await Queue.DeadLetters(_queue).ListAsync(null, 10)).Reason);
    }

    [Fact]
    public async Task DeadLetters_RedriveAndRemove_LeaveNone()
    {
        foreach (var body in (string[])["a", "b", "c"])
        {
            await EnqueueAsync(body);
        }

        foreach (var lease in await ReceiveAsync())
        {
            Assert.True(await Queue.DeadLetterAsync(lease, "failed"));
        }

        var letters = Queue.DeadLetters(_queue);
        var first = await letters.ListAsync(null, 2);
        var rest = await letters.ListAsync(first[^1].Id, 2);
        Assert.Equal(["a", "b", "c"], first.Concat(rest).Select(dead => Text(dead.Body)));
        Assert.True(await letters.RedriveAsync(first[0].Id));
        Assert.True(await letters.RemoveAsync(first[1].Id));
        Assert.True(await letters.RemoveAsync(rest[0].Id));
        Assert.False(await letters.RemoveAsync(rest[0].Id));
        Assert.False(await letters.RedriveAsync(rest[0].Id));
        Assert.Equal(new QueueCounts(1, 0, 0, 0, 0), await Queue.CountAsync(_queue));
        Assert.Equal(("a", 1), (await ReceiveAsync()).Select(lease => (Text(lease.Body), lease.Attempts)).Single());
    }

    [Fact]
    public async Task Ordered_Groups_ComeOneByOneEach()
    {
        foreach (var (group, body) in ((string, string)[])[("x", "x1"), ("x", "x2"), ("y", "y1"), ("x", "x3")])
        {
            await Store.WriteAsync(tx => Queue.EnqueueOrderedAsync(tx, _queue, group, Bytes(body)));
        }

        Assert.Equal(new QueueCounts(2, 0, 0, 2, 0), await Queue.CountAsync(_queue));
        var seen = new List<string>();
        while (await ReceiveAsync() is { Count: > 0 } leases)
        {
            Assert.Equal(leases.Count, leases.Select(lease => lease.Group).Distinct().Count());
            foreach (var lease in leases)
            {
                seen.Add(Text(lease.Body));
                Assert.True(await Queue.CompleteAsync(lease));
            }
        }

        Assert.Equal(["x1", "y1", "x2", "x3"], seen);
        Assert.Equal(default, await Queue.CountAsync(_queue));
    }

    [Fact]
    public async Task Ordered_FirstFails_HoldsTheGroupUntilItIsGivenUp()
    {
        await Store.WriteAsync(tx => Queue.EnqueueOrderedAsync(tx, _queue, "x", Bytes("x1")));
        await Store.WriteAsync(tx => Queue.EnqueueOrderedAsync(tx, _queue, "x", Bytes("x2")));
        var first = Assert.Single(await ReceiveAsync());
        Assert.True(await Queue.RetryAsync(first, TimeSpan.FromSeconds(5)));
        Assert.Empty(await ReceiveAsync());
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.True(await Queue.DeadLetterAsync(Assert.Single(await ReceiveAsync()), "failed"));
        Assert.Equal("x2", Text(Assert.Single(await ReceiveAsync()).Body));
    }

    [Fact]
    public async Task Count_EachKind_IsCounted()
    {
        await EnqueueAsync("delayed", TimeSpan.FromSeconds(10));
        await EnqueueAsync("a");
        await EnqueueAsync("b");
        await ReceiveAsync(max: 1);
        Assert.Equal(new QueueCounts(1, 1, 1, 0, 0), await Queue.CountAsync(_queue));
    }

    [Fact]
    public async Task Purge_ManyItems_LeavesDeadLettersAndNothingElse()
    {
        await Store.WriteAsync(tx =>
        {
            for (var i = 0; i < 1_200; i++)
            {
                Queue.Enqueue(tx, _queue, Bytes($"{i}"));
            }

            return new ValueTask<int>(0);
        });
        for (var i = 0; i < 3; i++)
        {
            await Store.WriteAsync(tx => Queue.EnqueueOrderedAsync(tx, _queue, "x", Bytes($"x{i}")));
        }

        await Queue.DeadLetterAsync(Assert.Single(await ReceiveAsync(max: 1)), "failed");
        await Queue.PurgeAsync(_queue);
        Assert.Equal(new QueueCounts(0, 0, 0, 0, 1), await Queue.CountAsync(_queue));
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Empty(await ReceiveAsync());
        await Store.WriteAsync(tx => Queue.EnqueueOrderedAsync(tx, _queue, "x", Bytes("again")));
        Assert.Equal("again", Text(Assert.Single(await ReceiveAsync()).Body));
    }

    [Fact]
    public async Task Delete_Queue_RemovesAllOfIt()
    {
        await EnqueueAsync("a");
        await Store.WriteAsync(tx =>
        {
            Queue.Delete(tx, _queue);
            return new ValueTask<int>(0);
        });
        Assert.Empty(await ReceiveAsync());
        Assert.Equal(default, await Queue.CountAsync(_queue));
    }

    [Fact]
    public async Task Receive_ManyProducersAndConsumers_GivesEachItemOnce()
    {
        const int Items = 400;
        var seen = new System.Collections.Concurrent.ConcurrentBag<string>();
        var consumers = Enumerable.Range(0, 4).Select(async _ =>
        {
            while (seen.Count < Items)
            {
                var leases = await Queue.ReceiveAsync(_queue, new ReceiveOptions { Max = 7, Visibility = TimeSpan.FromHours(1) });
                foreach (var lease in leases)
                {
                    seen.Add(Text(lease.Body));
                    Assert.True(await Queue.CompleteAsync(lease));
                }

                await Task.Yield();
            }
        }).ToList();
        await Parallel.ForEachAsync(Enumerable.Range(0, Items), async (i, _) => await EnqueueAsync($"{i}"));
        await Task.WhenAll(consumers).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(Items, seen.Distinct().Count());
        Assert.Equal(Items, seen.Count);
    }

    private static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(ReadOnlyMemory<byte> body) => Encoding.UTF8.GetString(body.Span);

    private async Task<WorkItemId> EnqueueAsync(string body, TimeSpan delay = default) =>
        await Store.WriteAsync(tx => new ValueTask<WorkItemId>(Queue.Enqueue(tx, _queue, Bytes(body), delay)));

    private Task<IReadOnlyList<WorkLease>> ReceiveAsync(int max = 10, TimeSpan wait = default, int? maxAttempts = null) =>
        Queue.ReceiveAsync(_queue, new ReceiveOptions { Max = max, Wait = wait, MaxAttempts = maxAttempts });
}
