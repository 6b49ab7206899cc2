namespace Petrel.Storage;

/// <summary>
/// Parts of the key space whose data lives differently, so that engines may keep them apart: messages come and go by the million, and
/// inline blobs are large.
/// </summary>
internal static class StoreAreas
{
    public static readonly Subspace Queues = new("~queues");

    public static readonly Subspace Blobs = new("~blobs");
}
