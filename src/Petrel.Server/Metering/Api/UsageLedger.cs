using System.Runtime.CompilerServices;
using Petrel.Server.Metering.Model;
using Petrel.Server.Metering.Store;
using Petrel.Storage;

namespace Petrel.Server.Metering.Api;

/// <summary>
/// Takes what the meter counted to the store, and reads it there. What was taken goes in numbered batches, in their order, each until it has
/// arrived; a batch that arrived without anybody knowing counts once.
/// </summary>
internal sealed class UsageLedger(IStore store, UsageMeter meter, IIdSource ids, TimeProvider time)
{
    /// <summary>Rows of a transaction, which reads and writes each: a millisecond of the store's time.</summary>
    private const int BatchRows = 100;

    private const int PageRows = 1_000;

    private readonly SemaphoreSlim _turn = new(1);
    private readonly Queue<UsageBatch> _pending = new();
    private readonly ulong _writer = ids.NextId();
    private long _lastNumber;

    /// <summary>Rows that were written since the daemon started.</summary>
    public long WrittenRows { get; private set; }

    /// <exception cref="StoreException">Not all has arrived; the next flush goes on where this one stopped.</exception>
    public Task FlushAsync() => WhileFlushedAsync(static () => Task.CompletedTask);

    /// <summary>Runs something while all that was counted before it is in the store, and nothing more goes there.</summary>
    public async Task WhileFlushedAsync(Func<Task> work)
    {
        await _turn.WaitAsync();
        try
        {
            await WritePendingAsync();
            foreach (var rows in meter.Take().Chunk(BatchRows))
            {
                _pending.Enqueue(new UsageBatch(_writer, ++_lastNumber, rows));
            }

            await WritePendingAsync();
            await work();
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The last flush of a daemon that stops.</summary>
    public Task CloseAsync() => WhileFlushedAsync(() => store.WriteAsync(tx =>
    {
        UsageStore.Forget(tx, _writer);
        return new ValueTask<bool>(true);
    }).AsTask());

    /// <summary>What an account used, in the order of the hours.</summary>
    public async IAsyncEnumerable<UsageRow> ReadAsync(
        string account, UsageHour from, UsageHour until, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        UsagePosition? position = new(account, from, until);
        while (position is { } at)
        {
            var page = await store.ReadAsync(tx => UsageStore.ListAsync(tx, at, PageRows), cancellationToken);
            foreach (var row in page.Rows)
            {
                yield return row;
            }

            position = page.Next;
        }
    }

    /// <summary>Removes hours that began before a time, of all accounts.</summary>
    public async Task SweepAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var horizon = UsageHour.From(before);
        string? account = null;
        do
        {
            var after = account;
            account = await store.WriteAsync(tx => UsageStore.SweepNextAsync(tx, after, horizon), cancellationToken);
        }
        while (account is not null);

        // A daemon writes every few seconds: one that has not for a week is gone.
        var silentSince = time.GetUtcNow() - TimeSpan.FromDays(7);
        await store.WriteAsync(tx => UsageStore.SweepWritersAsync(tx, silentSince), cancellationToken);
    }

    private async Task WritePendingAsync()
    {
        while (_pending.TryPeek(out var batch))
        {
            var now = time.GetUtcNow();
            await store.WriteAsync(tx => UsageStore.AddAsync(tx, batch, now));
            WrittenRows += batch.Rows.Count;
            _pending.Dequeue();
        }
    }
}
