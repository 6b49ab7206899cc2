using System.Buffers.Binary;
using Petrel.Storage;

namespace Petrel.Server.Services.S3.Store;

/// <summary>
/// What is unreachable and too much for the transaction that made it so: manifests (<c>g, 0, id</c>), uploads (<c>g, 1, id</c>), and all
/// uploads of a deleted bucket (<c>g, 2, id</c>). The collector takes them in pieces.
/// </summary>
internal static class GarbageRows
{
    public const string Topic = "s3/garbage";

    private static readonly Subspace Space = new("s3", "g");

    public static KeyRange All => Space.Range();

    /// <param name="due">When its parts may go: who reads them now opens one after the other.</param>
    public static void AddManifest(IWriteTransaction tx, ulong id, DateTimeOffset due) => Add(tx, Space.Key((long)GarbageKind.Manifest, id), due);

    public static void AddUpload(IWriteTransaction tx, string uploadId) => Add(tx, Space.Key((long)GarbageKind.Upload, uploadId), default);

    public static void AddBucket(IWriteTransaction tx, ulong id) => Add(tx, Space.Key((long)GarbageKind.Bucket, id), default);

    public static DateTimeOffset ReadDue(ReadOnlyMemory<byte> value) => DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(value.Span));

    public static (GarbageKind Kind, ulong Id, string UploadId) Read(Key row)
    {
        var parts = Space.Unpack(row);
        var kind = (GarbageKind)parts[0].Int64;
        return kind == GarbageKind.Upload ? (kind, 0, parts[1].Text) : (kind, parts[1].UInt64, "");
    }

    private static void Add(IWriteTransaction tx, Key key, DateTimeOffset due)
    {
        var value = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(value, due.ToUnixTimeMilliseconds());
        tx.Put(key, value);
        tx.Signal(Topic);
    }
}

internal enum GarbageKind
{
    Manifest,
    Upload,
    Bucket,
}
