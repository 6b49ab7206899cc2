using Petrel.Server.Services.Lambda.Model;
using Petrel.Storage;

namespace Petrel.Server.Services.Lambda.Store;

/// <summary>Which functions have a queue of asynchronous events. The queue's id is the function's own.</summary>
internal static class AsyncQueueStore
{
    private static readonly Subspace Queues = new("lambda", "async-queue");

    public static void Put(IWriteTransaction tx, ulong functionId, FunctionKey key) =>
        tx.Put(Queues.Key(functionId), RecordCodec.Encode(key));

    public static void Remove(IWriteTransaction tx, ulong functionId) => tx.Delete(Queues.Key(functionId));

    /// <summary>Queues in the order of their ids, those after <paramref name="after"/>.</summary>
    public static async ValueTask<List<(ulong FunctionId, FunctionKey Key)>> ListAsync(IReadTransaction tx, ulong? after, int limit)
    {
        var range = Queues.Range();
        if (after is { } last)
        {
            range = range.After(Queues.Key(last));
        }

        var page = await tx.ScanAsync(range, limit);
        return [.. page.Select(pair => (Queues.Unpack(pair.Key)[0].UInt64, RecordCodec.Decode<FunctionKey>(pair.Value)))];
    }
}
