using Petrel.Storage.Blobs;

namespace Petrel.Storage;

/// <summary>
/// Bytes too large for a row: function packages, objects, long answers. A blob is written first (staged), and comes to stay with the
/// transaction that writes the row which names it; what is staged and never committed goes away by itself.
/// </summary>
public interface IBlobStore
{
    /// <summary>Writes the bytes durably. They must be committed within <see cref="BlobLimits.CommitWithin"/>.</summary>
    Task<StagedBlob> StageAsync(Stream content, CancellationToken cancellationToken = default);

    /// <summary>
    /// Begins a file that is written piece by piece and has no hash: for bytes whose owner knows by itself whether they are whole.
    /// </summary>
    BlobWriter CreateFile();

    /// <summary>Bytes that live in the Store whatever <see cref="BlobLimits.InlineBytes"/> says, up to <see cref="BlobLimits.ValueBytes"/>; without a hash.</summary>
    StagedBlob StageValue(ReadOnlyMemory<byte> bytes);

    /// <summary>The bytes of a blob that lives in the Store; null when it is gone.</summary>
    ValueTask<ReadOnlyMemory<byte>?> GetValueAsync(IReadTransaction transaction, BlobRef blob);

    /// <summary>Whether the blob lives in the Store and is read with <see cref="GetValueAsync"/> at the cost of one row.</summary>
    bool IsValue(BlobRef blob);

    /// <summary>Keeps a staged blob, as part of the transaction that writes the row with its <see cref="BlobRef"/>.</summary>
    void Commit(IWriteTransaction transaction, StagedBlob blob);

    /// <summary>Removes a staged blob that will not be committed; without this it goes with the orphans.</summary>
    void Discard(StagedBlob blob);

    /// <summary>Removes a blob as part of the transaction that removes its row. Its space is freed by a later sweep.</summary>
    void Delete(IWriteTransaction transaction, BlobRef blob);

    /// <summary>
    /// The bytes from <paramref name="offset"/> on, <paramref name="length"/> of them or all. Reading a whole blob checks its hash: the
    /// read that meets the end throws <see cref="StoreCorruptException"/> when it differs.
    /// </summary>
    /// <exception cref="FileNotFoundException">There is no such blob.</exception>
    ValueTask<Stream> OpenAsync(BlobRef blob, long offset = 0, long? length = null, CancellationToken cancellationToken = default);

    /// <summary>The file that holds the blob, when it is one on this machine. It must not be changed, and may go when the blob is deleted.</summary>
    bool TryGetLocalPath(BlobRef blob, out string path);

    /// <summary>Removes deleted blobs and those that were staged and never committed; returns how many.</summary>
    Task<int> SweepAsync(CancellationToken cancellationToken = default);
}

/// <summary>What a row keeps of a blob.</summary>
/// <param name="Id">32 hexadecimal digits.</param>
/// <param name="Size">In bytes.</param>
/// <param name="Sha256">Of the content, in base 64, as Lambda's CodeSha256; empty for one without a hash.</param>
public sealed record BlobRef(string Id, long Size, string Sha256);

/// <summary>A blob that is written and not yet committed.</summary>
public sealed class StagedBlob
{
    internal StagedBlob(BlobRef blob, ReadOnlyMemory<byte>? inline, DateTimeOffset at) => (Ref, Inline, At) = (blob, inline, at);

    public BlobRef Ref { get; }

    /// <summary>The bytes, when they are to live in the Store.</summary>
    internal ReadOnlyMemory<byte>? Inline { get; }

    internal DateTimeOffset At { get; }
}

public static class BlobLimits
{
    /// <summary>Blobs up to this size are values of the Store: one sync for them and their row, and no file.</summary>
    public const int InlineBytes = 64 * 1024;

    /// <summary>The largest value: what <see cref="InlineBytes"/> are when they are sealed.</summary>
    public const int ValueBytes = InlineBytes + 64;

    /// <summary>After this a staged blob can no longer be committed.</summary>
    public static readonly TimeSpan CommitWithin = TimeSpan.FromMinutes(30);

    /// <summary>After this a file that no row names is removed; well after the last moment of a commit.</summary>
    public static readonly TimeSpan SweepAfter = TimeSpan.FromHours(2);
}
