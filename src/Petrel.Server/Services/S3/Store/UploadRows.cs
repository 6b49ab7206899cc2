using Petrel.Aws.S3;
using Petrel.Server.Services.S3.Model;
using Petrel.Server.State;
using Petrel.Storage;

namespace Petrel.Server.Services.S3.Store;

/// <summary>
/// Uploads in progress: <c>u, bucket, key, upload</c>; their parts: <c>p, upload, number</c>. The ids of uploads begin with their time, so
/// that those of a key stand in the order in which they began.
/// </summary>
internal static class UploadRows
{
    private static readonly Subspace Uploads = new("s3", "u");
    private static readonly Subspace Parts = new("s3", "p");
    private static readonly Subspace Manifests = new("s3", "m");

    public static async ValueTask<UploadState?> FindAsync(IReadTransaction tx, ulong bucket, byte[] key, string uploadId) =>
        await tx.GetAsync(Uploads.Key(bucket, key, uploadId)) is { } row ? StateJson.Read<UploadState>(row) : null;

    /// <exception cref="S3Exception">There is no such upload.</exception>
    public static async ValueTask<UploadState> GetAsync(IReadTransaction tx, ulong bucket, byte[] key, string uploadId) =>
        await FindAsync(tx, bucket, key, uploadId) ?? throw S3Exception.NoSuchUpload(uploadId);

    public static void Put(IWriteTransaction tx, ulong bucket, byte[] key, UploadState upload) =>
        tx.Put(Uploads.Key(bucket, key, upload.UploadId), StateJson.Write(upload));

    public static void Delete(IWriteTransaction tx, ulong bucket, byte[] key, string uploadId) => tx.Delete(Uploads.Key(bucket, key, uploadId));

    /// <summary>From an upload of a key, itself excluded, or from the key on.</summary>
    public static KeyRange From(ulong bucket, byte[] key, string? afterUpload, byte[] prefix)
    {
        var end = ObjectKeys.Successor(prefix) is { } successor ? Uploads.Key(bucket, successor) : Uploads.Range(bucket).End;
        var begin = afterUpload is null ? Uploads.Key(bucket, key) : Uploads.Key(bucket, key, afterUpload).Next();
        return new KeyRange(begin, end);
    }

    public static (byte[] Key, string UploadId) ReadKey(Key row)
    {
        var parts = Uploads.Unpack(row);
        return (parts[1].Bytes.ToArray(), parts[2].Text);
    }

    public static KeyRange All(ulong bucket) => Uploads.Range(bucket);

    public static async ValueTask<PartState?> FindPartAsync(IReadTransaction tx, string uploadId, int number) =>
        await tx.GetAsync(Parts.Key(uploadId, (long)number)) is { } row ? StateJson.Read<PartState>(row) : null;

    public static void PutPart(IWriteTransaction tx, string uploadId, PartState part) =>
        tx.Put(Parts.Key(uploadId, (long)part.Number), StateJson.Write(part));

    public static void DeletePart(IWriteTransaction tx, string uploadId, PartState part) => tx.Delete(Parts.Key(uploadId, (long)part.Number));

    public static async ValueTask<List<PartState>> ListPartsAsync(IReadTransaction tx, string uploadId, int afterNumber, int limit)
    {
        var range = Parts.Range(uploadId).After(Parts.Key(uploadId, (long)afterNumber));
        return [.. (await tx.ScanAsync(range, limit)).Select(static row => StateJson.Read<PartState>(row.Value))];
    }

    /// <summary>The rows of all parts; their bytes belong to a manifest or to the garbage by now.</summary>
    public static void DeleteParts(IWriteTransaction tx, string uploadId) => tx.DeleteRange(Parts.Range(uploadId));

    public static void PutManifest(IWriteTransaction tx, ulong id, IReadOnlyList<PartState> parts) =>
        tx.Put(Manifests.Key(id), StateJson.Write(new ManifestState(parts)));

    public static async ValueTask<ManifestState?> FindManifestAsync(IReadTransaction tx, ulong id) =>
        await tx.GetAsync(Manifests.Key(id)) is { } row ? StateJson.Read<ManifestState>(row) : null;

    public static void DeleteManifest(IWriteTransaction tx, ulong id) => tx.Delete(Manifests.Key(id));
}
