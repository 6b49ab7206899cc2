using System.Security.Cryptography;
using Petrel.Storage;
using Petrel.Storage.Blobs;
using Petrel.Storage.Memory;
using Petrel.Testing;

namespace Petrel.Tests.Storage;

public sealed class BlobTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly MemoryStore _store = new();
    private readonly ManualClock _clock = new();
    private readonly FileBlobStore _blobs;

    public BlobTests() => _blobs = new FileBlobStore(_store, _folder.Path, _clock, new SystemIdSource());

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(BlobLimits.InlineBytes)]
    [InlineData(BlobLimits.InlineBytes + 1)]
    [InlineData(1_000_000)]
    public async Task Open_AfterCommit_ReturnsTheBytes(int size)
    {
        var bytes = RandomNumberGenerator.GetBytes(size);
        var blob = await PutAsync(bytes);
        Assert.Equal((size, Convert.ToBase64String(SHA256.HashData(bytes))), (blob.Size, blob.Sha256));
        Assert.Equal(bytes, await ReadAsync(blob));
        Assert.Equal(size > BlobLimits.InlineBytes, _blobs.TryGetLocalPath(blob, out _));
    }

    [Theory]
    [InlineData(1_000, 10, 20L)]
    [InlineData(200_000, 100_000, null)]
    [InlineData(200_000, 199_999, 100L)]
    [InlineData(200_000, 200_000, 100L)]
    public async Task Open_Range_ReturnsIt(int size, int offset, long? length)
    {
        var bytes = RandomNumberGenerator.GetBytes(size);
        var blob = await PutAsync(bytes);
        var expected = bytes.AsSpan(offset, (int)Math.Min(length ?? size, size - offset)).ToArray();
        Assert.Equal(expected, await ReadAsync(blob, offset, length));
    }

    [Fact]
    public async Task Open_ChangedFile_IsDetected()
    {
        var blob = await PutAsync(new byte[100_000]);
        Assert.True(_blobs.TryGetLocalPath(blob, out var path));
        await using (var file = File.OpenWrite(path))
        {
            file.Position = 50_000;
            file.WriteByte(1);
        }

        await Assert.ThrowsAsync<StoreCorruptException>(() => ReadAsync(blob));
        File.WriteAllBytes(path, new byte[10]);
        await Assert.ThrowsAsync<StoreCorruptException>(() => ReadAsync(blob));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(100_000)]
    public async Task Delete_Committed_FreesItInTheSweep(int size)
    {
        var blob = await PutAsync(new byte[size]);
        await _store.WriteAsync(tx =>
        {
            _blobs.Delete(tx, blob);
            return new ValueTask<int>(0);
        });
        await _blobs.SweepAsync();
        await Assert.ThrowsAsync<FileNotFoundException>(() => ReadAsync(blob));
        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Sweep_StagedAndNeverCommitted_IsRemovedOnlyAfterAWhile()
    {
        var kept = await PutAsync(new byte[100_000]);
        var staged = await _blobs.StageAsync(new MemoryStream(new byte[100_000]));
        _clock.Advance(TimeProvider.System.GetUtcNow() - _clock.GetUtcNow());
        Assert.Equal(0, await _blobs.SweepAsync());
        _clock.Advance(BlobLimits.SweepAfter + TimeSpan.FromMinutes(5));
        Assert.Equal(1, await _blobs.SweepAsync());
        Assert.False(_blobs.TryGetLocalPath(staged.Ref, out _));
        Assert.True(_blobs.TryGetLocalPath(kept, out _));
        await Assert.ThrowsAsync<StoreException>(async () => await CommitAsync(staged));
    }

    [Fact]
    public async Task Stage_SourceFails_LeavesNoFile()
    {
        await Assert.ThrowsAsync<InvalidDataException>(() => _blobs.StageAsync(new FailingStream(100_000)));
        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories));
    }

    private async Task<BlobRef> PutAsync(byte[] bytes) => await CommitAsync(await _blobs.StageAsync(new MemoryStream(bytes)));

    private async Task<BlobRef> CommitAsync(StagedBlob staged) => await _store.WriteAsync(tx =>
    {
        _blobs.Commit(tx, staged);
        return new ValueTask<BlobRef>(staged.Ref);
    });

    private async Task<byte[]> ReadAsync(BlobRef blob, long offset = 0, long? length = null)
    {
        await using var stream = await _blobs.OpenAsync(blob, offset, length);
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy);
        return copy.ToArray();
    }

    private sealed class FailingStream(int after) : MemoryStream(new byte[after])
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            await base.ReadAsync(buffer, cancellationToken) is var read && read > 0 ? read : throw new InvalidDataException();
    }
}
