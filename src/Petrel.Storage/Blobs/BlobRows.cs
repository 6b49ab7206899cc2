namespace Petrel.Storage.Blobs;

/// <summary>The rows of blobs: <c>b, id</c> → the bytes of an inline one, or nothing for a file; <c>d, id</c>: a file to remove.</summary>
internal static class BlobRows
{
    /// <summary>With this begin the ids of blobs that are values whatever their size; it is no hexadecimal digit.</summary>
    public const char ValueMark = 'v';

    private static readonly Subspace Space = StoreAreas.Blobs;

    public static KeyRange Deleted => Space.Range("d");

    public static Key Blob(string id) => Space.Key("b", id);

    public static Key Delete(string id) => Space.Key("d", id);

    public static string ReadDeleted(Key key) => Space.Unpack(key)[1].Text;
}
