using Petrel.Server.Services.S3.Model;
using Petrel.Server.State;
using Petrel.Storage;

namespace Petrel.Server.Services.S3.Store;

/// <summary>
/// The rows of objects, below the bucket's id: <c>o, key</c> → the newest version where it is an object, so that listings meet nothing else;
/// <c>v, key, order</c> → the other versions, delete markers among them; <c>n, key</c> → where among these the version <c>null</c> stands.
/// </summary>
internal static class ObjectRows
{
    private static readonly Subspace Current = new("s3", "o");
    private static readonly Subspace Versions = new("s3", "v");
    private static readonly Subspace Nulls = new("s3", "n");

    public static Key CurrentKey(ulong bucket, byte[] key) => Current.Key(bucket, key);

    public static byte[] ReadCurrentKey(Key row) => Current.Unpack(row)[1].Bytes.ToArray();

    public static (byte[] Key, VersionOrder Order) ReadVersionKey(Key row)
    {
        var parts = Versions.Unpack(row);
        return (parts[1].Bytes.ToArray(), VersionOrder.FromBytes(parts[2].Bytes.Span));
    }

    /// <summary>From a key, itself included, to the end of a prefix.</summary>
    public static KeyRange CurrentFrom(ulong bucket, byte[] from, byte[] prefix) => From(Current, bucket, from, prefix);

    public static KeyRange VersionsFrom(ulong bucket, byte[] from, byte[] prefix) => From(Versions, bucket, from, prefix);

    public static Key VersionKey(ulong bucket, byte[] key, VersionOrder order) => Versions.Key(bucket, key, order.ToBytes());

    public static KeyRange VersionsOf(ulong bucket, byte[] key) => Versions.Range(bucket, key);

    public static async ValueTask<ObjectState?> FindCurrentAsync(IReadTransaction tx, ulong bucket, byte[] key) =>
        await tx.GetAsync(Current.Key(bucket, key)) is { } row ? StateJson.Read<ObjectState>(row) : null;

    public static void PutCurrent(IWriteTransaction tx, ulong bucket, byte[] key, ObjectState state) =>
        tx.Put(Current.Key(bucket, key), StateJson.Write(state));

    public static void DeleteCurrent(IWriteTransaction tx, ulong bucket, byte[] key) => tx.Delete(Current.Key(bucket, key));

    public static async ValueTask<ObjectState?> FindVersionAsync(IReadTransaction tx, ulong bucket, byte[] key, VersionOrder order) =>
        await tx.GetAsync(VersionKey(bucket, key, order)) is { } row ? StateJson.Read<ObjectState>(row) : null;

    /// <summary>The newest of the versions that are not the current object.</summary>
    public static async ValueTask<ObjectState?> FindNewestVersionAsync(IReadTransaction tx, ulong bucket, byte[] key) =>
        await tx.ScanAsync(VersionsOf(bucket, key), 1) is [var row] ? StateJson.Read<ObjectState>(row.Value) : null;

    public static async ValueTask<VersionOrder?> FindNullAsync(IReadTransaction tx, ulong bucket, byte[] key) =>
        await tx.GetAsync(Nulls.Key(bucket, key)) is { } row ? VersionOrder.FromBytes(row.Span) : null;

    public static void PutVersion(IWriteTransaction tx, ulong bucket, byte[] key, ObjectState state)
    {
        tx.Put(VersionKey(bucket, key, state.Order), StateJson.Write(state));
        if (state.VersionId is null)
        {
            tx.Put(Nulls.Key(bucket, key), state.Order.ToBytes());
        }
    }

    public static void DeleteVersion(IWriteTransaction tx, ulong bucket, byte[] key, ObjectState state)
    {
        tx.Delete(VersionKey(bucket, key, state.Order));
        if (state.VersionId is null)
        {
            tx.Delete(Nulls.Key(bucket, key));
        }
    }

    public static async ValueTask<bool> IsEmptyAsync(IReadTransaction tx, ulong bucket) =>
        (await tx.ScanAsync(Current.Range(bucket), 1)).Count == 0 && (await tx.ScanAsync(Versions.Range(bucket), 1)).Count == 0;

    private static KeyRange From(Subspace space, ulong bucket, byte[] from, byte[] prefix)
    {
        var end = ObjectKeys.Successor(prefix) is { } successor ? space.Key(bucket, successor) : space.Range(bucket).End;
        return new KeyRange(space.Key(bucket, from), end);
    }
}
