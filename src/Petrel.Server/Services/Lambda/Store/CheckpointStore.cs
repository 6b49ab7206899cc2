using System.Buffers.Binary;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Storage;

namespace Petrel.Server.Services.Lambda.Store;

/// <summary>
/// How far each mapping has come, and the open windows of its lanes. Whoever polls a mapping takes an epoch; a write of one whose epoch is
/// over is refused, so that a poller that was thought gone spoils nothing.
/// </summary>
internal static class CheckpointStore
{
    private static readonly Subspace Checkpoints = new("lambda", "mapping-checkpoint");
    private static readonly Subspace Windows = new("lambda", "mapping-window");
    private static readonly Subspace Epochs = new("lambda", "mapping-epoch");

    /// <summary>Begins a new ownership; those before it are over.</summary>
    public static async ValueTask<long> TakeEpochAsync(IWriteTransaction tx, ulong mappingId)
    {
        var epoch = await GetEpochAsync(tx, mappingId) + 1;
        var value = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(value, epoch);
        tx.Put(Epochs.Key(mappingId), value);
        return epoch;
    }

    /// <exception cref="OwnershipLostException">A later owner has begun, or the mapping is gone.</exception>
    public static async ValueTask RequireEpochAsync(IReadTransaction tx, ulong mappingId, long epoch)
    {
        if (await GetEpochAsync(tx, mappingId) != epoch)
        {
            throw new OwnershipLostException();
        }
    }

    public static ValueTask<ShardCheckpoint?> GetAsync(IReadTransaction tx, ulong mappingId, string shardId) =>
        tx.GetAsync<ShardCheckpoint>(Checkpoints.Key(mappingId, shardId));

    public static void Put(IWriteTransaction tx, ulong mappingId, string shardId, ShardCheckpoint checkpoint) =>
        tx.Put(Checkpoints.Key(mappingId, shardId), checkpoint);

    public static async ValueTask<List<ShardCheckpoint>> ListAsync(IReadTransaction tx, ulong mappingId, int limit) =>
        [.. (await tx.ScanAsync(Checkpoints.Range(mappingId), limit)).Select(pair => RecordCodec.Decode<ShardCheckpoint>(pair.Value))];

    /// <summary>The open windows of a shard, by lane.</summary>
    public static async ValueTask<Dictionary<int, WindowState>> GetWindowsAsync(IReadTransaction tx, ulong mappingId, string shardId)
    {
        var page = await tx.ScanAsync(Windows.Range(mappingId, shardId), 1_000);
        return page.ToDictionary(pair => (int)Windows.Unpack(pair.Key)[2].Int64, pair => RecordCodec.Decode<WindowState>(pair.Value));
    }

    /// <param name="window">Null when none is open.</param>
    public static void PutWindow(IWriteTransaction tx, ulong mappingId, string shardId, int lane, WindowState? window)
    {
        var key = Windows.Key(mappingId, shardId, (long)lane);
        if (window is null)
        {
            tx.Delete(key);
        }
        else
        {
            tx.Put(key, window);
        }
    }

    /// <summary>Removes all of a mapping that is deleted, its epoch too: no owner of it can write any more.</summary>
    public static void RemoveAll(IWriteTransaction tx, ulong mappingId)
    {
        tx.DeleteRange(Checkpoints.Range(mappingId));
        tx.DeleteRange(Windows.Range(mappingId));
        tx.Delete(Epochs.Key(mappingId));
    }

    private static async ValueTask<long> GetEpochAsync(IReadTransaction tx, ulong mappingId) =>
        await tx.GetAsync(Epochs.Key(mappingId)) is { } value ? BinaryPrimitives.ReadInt64LittleEndian(value.Span) : 0;
}

/// <summary>Somebody else polls the mapping now.</summary>
internal sealed class OwnershipLostException() : Exception("A later owner of the mapping has begun.");
