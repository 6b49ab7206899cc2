using Petrel.Server.Services.Lambda.Model;
using Petrel.Storage;

namespace Petrel.Server.Services.Lambda.Store;

/// <summary>
/// The batches that a mapping gave up, oldest first, each with what the function was sent. There are at most
/// <see cref="MaxFailures"/> and <see cref="MaxBytes"/> of a mapping: the oldest goes when one more comes.
/// </summary>
internal static class FailureStore
{
    public const int MaxFailures = 1_000;

    /// <summary>Of all payloads of one mapping.</summary>
    public const long MaxBytes = 256L * 1024 * 1024;

    /// <summary>A payload has up to 6 MB; values stay smaller.</summary>
    private const int PieceBytes = 1024 * 1024;

    private static readonly Subspace Failures = new("lambda", "mapping-failure");
    private static readonly Subspace Pieces = new("lambda", "mapping-failed-event");
    private static readonly Subspace Sums = new("lambda", "mapping-failures");

    /// <returns>How many older ones had to go.</returns>
    public static async ValueTask<int> AddAsync(IWriteTransaction tx, ulong mappingId, MappingFailure failure, ReadOnlyMemory<byte> payload)
    {
        if (await GetAsync(tx, mappingId, failure.Id) is not null)
        {
            return 0; // The transaction was durable when its answer got lost.
        }

        var dropped = await MakeRoomAsync(tx, mappingId, payload.Length);
        tx.Put(Failures.Key(mappingId, failure.Id), failure);
        for (var at = 0; at < payload.Length; at += PieceBytes)
        {
            tx.Put(Pieces.Key(mappingId, failure.Id, (long)at), payload.Slice(at, Math.Min(PieceBytes, payload.Length - at)));
        }

        Count(tx, mappingId, 1, payload.Length);
        return dropped;
    }

    public static ValueTask<MappingFailure?> GetAsync(IReadTransaction tx, ulong mappingId, string id) =>
        tx.GetAsync<MappingFailure>(Failures.Key(mappingId, id));

    public static async ValueTask<List<MappingFailure>> ListAsync(IReadTransaction tx, ulong mappingId, string? after, int limit)
    {
        var range = Failures.Range(mappingId);
        if (after is not null)
        {
            range = range.After(Failures.Key(mappingId, after));
        }

        return [.. (await tx.ScanAsync(range, limit)).Select(pair => RecordCodec.Decode<MappingFailure>(pair.Value))];
    }

    public static async ValueTask<long> CountAsync(IReadTransaction tx, ulong mappingId) => await tx.GetCounterAsync(Sums.Key(mappingId, "count"));

    public static async ValueTask<ReadOnlyMemory<byte>> GetPayloadAsync(IReadTransaction tx, ulong mappingId, string id)
    {
        var pieces = await tx.ScanAsync(Pieces.Range(mappingId, id), 100);
        var payload = new byte[pieces.Sum(piece => piece.Value.Length)];
        var at = 0;
        foreach (var piece in pieces)
        {
            piece.Value.CopyTo(payload.AsMemory(at));
            at += piece.Value.Length;
        }

        return payload;
    }

    public static void Replace(IWriteTransaction tx, ulong mappingId, MappingFailure failure) => tx.Put(Failures.Key(mappingId, failure.Id), failure);

    public static void Remove(IWriteTransaction tx, ulong mappingId, MappingFailure failure)
    {
        tx.Delete(Failures.Key(mappingId, failure.Id));
        for (var at = 0; at < failure.PayloadBytes; at += PieceBytes)
        {
            tx.Delete(Pieces.Key(mappingId, failure.Id, (long)at));
        }

        Count(tx, mappingId, -1, -failure.PayloadBytes);
    }

    public static void RemoveAll(IWriteTransaction tx, ulong mappingId)
    {
        tx.DeleteRange(Failures.Range(mappingId));
        tx.DeleteRange(Pieces.Range(mappingId));
        tx.DeleteRange(Sums.Range(mappingId));
    }

    private static async ValueTask<int> MakeRoomAsync(IWriteTransaction tx, ulong mappingId, int bytes)
    {
        var count = await tx.GetCounterAsync(Sums.Key(mappingId, "count"));
        var total = await tx.GetCounterAsync(Sums.Key(mappingId, "bytes")) + bytes;
        if (count < MaxFailures && total <= MaxBytes)
        {
            return 0;
        }

        var dropped = 0;
        foreach (var oldest in await ListAsync(tx, mappingId, null, 100))
        {
            if (count - dropped < MaxFailures && total <= MaxBytes)
            {
                break;
            }

            Remove(tx, mappingId, oldest);
            total -= oldest.PayloadBytes;
            dropped++;
        }

        return dropped;
    }

    private static void Count(IWriteTransaction tx, ulong mappingId, int failures, long bytes)
    {
        tx.Add(Sums.Key(mappingId, "count"), failures);
        tx.Add(Sums.Key(mappingId, "bytes"), bytes);
    }
}
