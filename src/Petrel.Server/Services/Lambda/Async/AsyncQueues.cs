using System.Collections.Concurrent;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Store;
using Petrel.Storage;

namespace Petrel.Server.Services.Lambda.Async;

/// <summary>The durable queues of events, one a function. What leaves one and what comes of it is one transaction.</summary>
internal sealed class AsyncQueues(IStore store, WorkQueue queue)
{
    /// <summary>A lease is extended while its event runs; after a crash the event is received again when it ends.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(12);

    /// <summary>How often a lease is extended.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(4);

    /// <summary>How long a receive waits for an event.</summary>
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<ulong, bool> _registered = new();

    /// <summary>The event is on disk when the task completes.</summary>
    public async ValueTask EnqueueAsync(ulong functionId, FunctionKey key, AsyncEvent accepted, CancellationToken cancellationToken)
    {
        var body = accepted.Encode();
        await store.WriteAsync(
            tx =>
            {
                Enqueue(tx, functionId, key, body, TimeSpan.Zero);
                return new ValueTask<bool>(true);
            },
            cancellationToken);
        _registered.TryAdd(functionId, true);
    }

    /// <summary>Events of a function that are not through, running ones too.</summary>
    public ValueTask<long> GetLengthAsync(ulong functionId, CancellationToken cancellationToken) => queue.GetLengthAsync(functionId, cancellationToken);

    public Task<IReadOnlyList<WorkLease>> ReceiveAsync(ulong functionId, int max, CancellationToken cancellationToken) =>
        queue.ReceiveAsync(functionId, new ReceiveOptions { Max = max, Visibility = Lease, Wait = Wait }, cancellationToken);

    /// <summary>Null when the lease was lost: the event runs a second time elsewhere.</summary>
    public ValueTask<WorkLease?> ExtendAsync(WorkLease lease) => queue.ExtendAsync(lease, Lease);

    /// <summary>The event is through; what follows from it is enqueued with it.</summary>
    public ValueTask<bool> CompleteAsync(WorkLease lease, FollowUp? next) => store.WriteAsync(async tx =>
    {
        var held = await queue.CompleteAsync(tx, lease);
        if (held && next is not null)
        {
            Enqueue(tx, next.FunctionId, next.Key, next.Body, TimeSpan.Zero);
        }

        return held;
    });

    /// <summary>The event is tried again later, with what is known of it by then.</summary>
    public ValueTask<bool> RetryAsync(WorkLease lease, AsyncEvent changed, TimeSpan delay)
    {
        var body = changed.Encode();
        return store.WriteAsync(async tx =>
        {
            var held = await queue.CompleteAsync(tx, lease);
            if (held)
            {
                queue.Enqueue(tx, lease.Queue, body, delay);
            }

            return held;
        });
    }

    /// <summary>Removes the queue of a function, as part of the transaction that deletes it.</summary>
    public void Remove(IWriteTransaction tx, ulong functionId)
    {
        queue.Delete(tx, functionId);
        AsyncQueueStore.Remove(tx, functionId);
    }

    public ValueTask<List<(ulong FunctionId, FunctionKey Key)>> ListAsync(ulong? after, int limit, CancellationToken cancellationToken) =>
        store.ReadAsync(tx => AsyncQueueStore.ListAsync(tx, after, limit), cancellationToken);

    private void Enqueue(IWriteTransaction tx, ulong functionId, FunctionKey key, ReadOnlyMemory<byte> body, TimeSpan delay)
    {
        if (!_registered.ContainsKey(functionId))
        {
            AsyncQueueStore.Put(tx, functionId, key);
        }

        queue.Enqueue(tx, functionId, body, delay);
    }
}

/// <summary>An event that another one brings about at its destination.</summary>
internal sealed record FollowUp(ulong FunctionId, FunctionKey Key, ReadOnlyMemory<byte> Body);
