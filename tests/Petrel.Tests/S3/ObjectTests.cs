using System.Security.Cryptography;
using Petrel.Aws.S3;
using Petrel.Storage;

namespace Petrel.Tests.S3;

public sealed class ObjectTests
{
    [Theory]
    [InlineData("on")]
    [InlineData("off")]
    public async Task Get_AnyRangeOfAnySize_ReturnsTheBytes(string encryption)
    {
        await using var host = await S3Host.WithBucketAsync(encryption);
        foreach (var size in (int[])[0, 1, 1_024, 65_535, 65_536, 65_537, 131_072, 262_144, 262_145, 700_000])
        {
            var bytes = RandomNumberGenerator.GetBytes(size);
            var put = await host.PutAsync("k", bytes);
            Assert.Equal($"\"{Convert.ToHexStringLower(MD5.HashData(bytes))}\"", put.ETag);
            Assert.Equal(encryption == "on" ? "AES256" : null, put.ServerSideEncryption);
            Assert.Equal(bytes, await host.GetAsync("k"));
            foreach (var (first, last) in ((int, int)[])[(0, 0), (1, 70_000), (65_535, 65_536), (65_536, 65_536), (131_071, 262_144), (size - 1, size + 5)])
            {
                if (first >= 0 && first < size)
                {
                    Assert.Equal(bytes[first..Math.Min(last + 1, size)], await host.GetAsync("k", $"bytes={first}-{last}"));
                }
            }
        }
    }

    [Fact]
    public async Task Put_Sealed_LeavesNothingReadableOnDisk()
    {
        await using var host = await S3Host.WithBucketAsync();
        var text = string.Concat(Enumerable.Repeat("the same words again and again ", 10_000));
        await host.PutAsync("large", System.Text.Encoding.ASCII.GetBytes(text));
        await host.PutAsync("small", "the same words"u8.ToArray());
        Assert.DoesNotContain("same words", await File.ReadAllTextAsync(Assert.Single(host.Files), System.Text.Encoding.Latin1), StringComparison.Ordinal);
        Assert.Equal("the same words"u8.ToArray(), await host.GetAsync("small"));
    }

    [Fact]
    public async Task Get_FileChangedOnDisk_IsRefused()
    {
        await using var host = await S3Host.WithBucketAsync();
        await host.PutAsync("k", new byte[200_000]);
        await using (var file = File.OpenWrite(Assert.Single(host.Files)))
        {
            file.Position = 100_000;
            file.WriteByte(1);
        }

        Assert.Equal(1_000, (await host.GetAsync("k", "bytes=0-999")).Length);
        await Assert.ThrowsAsync<StoreCorruptException>(() => host.GetAsync("k"));
    }

    [Fact]
    public async Task Put_BodyBreaksOff_LeavesNothing()
    {
        await using var host = await S3Host.WithBucketAsync();
        var broken = new PutObjectRequest(S3Host.Bucket, "k", new BrokenStream(500_000), ContentLength: 1_000_000);
        await Assert.ThrowsAsync<IOException>(() => host.S3.PutObject(broken, host.Call));
        Assert.Empty(host.Files);
        await Assert.ThrowsAsync<S3Exception>(() => host.GetAsync("k"));
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(500_000)]
    public async Task Put_WrongDigest_IsRefusedAndLeavesNothing(int size)
    {
        await using var host = await S3Host.WithBucketAsync();
        var failure = await Assert.ThrowsAsync<S3Exception>(
            () => host.PutAsync("k", new byte[size], put => put with { ContentMD5 = Convert.ToBase64String(new byte[16]) }));
        Assert.Equal(("BadDigest", 400), (failure.Code, failure.Status));
        failure = await Assert.ThrowsAsync<S3Exception>(
            () => host.PutAsync("k", new byte[size], put => put with { Checksums = new Dictionary<string, string> { ["crc32"] = "AAAAAA==" } }));
        Assert.Equal("The CRC32 you specified did not match the calculated checksum.", failure.Message);
        Assert.Empty(host.Files);
    }

    [Fact]
    public async Task Put_ConditionFails_KeepsTheOldObjectAndNoFile()
    {
        await using var host = await S3Host.WithBucketAsync();
        var first = await host.PutAsync("k", new byte[100_000]);
        var failure = await Assert.ThrowsAsync<S3Exception>(() => host.PutAsync("k", new byte[200_000], put => put with { IfNoneMatch = "*" }));
        Assert.Equal(("PreconditionFailed", 412), (failure.Code, failure.Status));
        failure = await Assert.ThrowsAsync<S3Exception>(() => host.PutAsync("new", new byte[200_000], put => put with { IfMatch = first.ETag }));
        Assert.Equal(404, failure.Status);
        await host.PutAsync("k", new byte[300_000], put => put with { IfMatch = first.ETag });
        await host.CollectAsync();
        Assert.Single(host.Files);
        Assert.Equal(300_000, (await host.GetAsync("k")).Length);
    }

    [Fact]
    public async Task Put_Again_ReaderOfTheOldOneReadsItToItsEnd()
    {
        await using var host = await S3Host.WithBucketAsync();
        var old = RandomNumberGenerator.GetBytes(400_000);
        await host.PutAsync("k", old);
        var reading = await host.S3.GetObject(new GetObjectRequest(S3Host.Bucket, "k"), host.Call);
        await host.PutAsync("k", new byte[10]);
        await host.CollectAsync();
        using var copy = new MemoryStream();
        await reading.Body!.CopyToAsync(copy);
        await reading.Body.DisposeAsync();
        Assert.Equal(old, copy.ToArray());
        Assert.Empty(host.Files);
    }

    [Theory]
    [InlineData("bytes=5-2", 200, 10)]
    [InlineData("lines=0-1", 200, 10)]
    [InlineData("bytes=0-1,4-5", 200, 10)]
    [InlineData("bytes=-3", 206, 3)]
    [InlineData("bytes=-30", 206, 10)]
    [InlineData("bytes=8-", 206, 2)]
    public async Task Get_RangeOfAnyForm_IsReadAsDocumented(string range, int status, int length)
    {
        await using var host = await S3Host.WithBucketAsync();
        await host.PutAsync("k", new byte[10]);
        var answer = await host.S3.GetObject(new GetObjectRequest(S3Host.Bucket, "k", Range: range), host.Call);
        Assert.Equal((status, (long)length), (answer.Status, answer.ContentLength));
    }

    [Theory]
    [InlineData("bytes=10-")]
    [InlineData("bytes=-0")]
    public async Task Get_RangeBehindTheEnd_IsNotSatisfiable(string range)
    {
        await using var host = await S3Host.WithBucketAsync();
        await host.PutAsync("k", new byte[10]);
        var failure = await Assert.ThrowsAsync<S3Exception>(() => host.GetAsync("k", range));
        Assert.Equal(("InvalidRange", 416), (failure.Code, failure.Status));
    }

    [Theory]
    [InlineData("..")]
    [InlineData("../../etc/passwd")]
    [InlineData("/lead//double/")]
    [InlineData("nul\0and\u0001\u007f")]
    [InlineData("\U0001F600 \u65E5\u672C\u0301")]
    [InlineData("a+b %20&?#<>\"'\\")]
    public async Task Put_OddKey_IsStoredAndListedAsItIs(string key)
    {
        await using var host = await S3Host.WithBucketAsync();
        await host.PutAsync(key, new byte[100_000]);
        Assert.Equal(100_000, (await host.GetAsync(key)).Length);
        var listed = await host.S3.ListObjectsV2(new ListObjectsV2Request(S3Host.Bucket), host.Call);
        Assert.Equal(key, Assert.Single(listed.Result.Contents!).Key);
        var name = Path.GetFileName(Assert.Single(host.Files));
        Assert.True(Guid.TryParseExact(name, "n", out _), name);
    }

    [Fact]
    public async Task Put_LongestKeys_AreTaken()
    {
        await using var host = await S3Host.WithBucketAsync();
        foreach (var key in (string[])[new string('x', 1_024), new string('\0', 1_024), new string('\u00E9', 512)])
        {
            await host.PutAsync(key, [1]);
            Assert.Equal([1], await host.GetAsync(key));
        }

        var failure = await Assert.ThrowsAsync<S3Exception>(() => host.PutAsync(new string('x', 1_025), [1]));
        Assert.Equal(("KeyTooLongError", 400), (failure.Code, failure.Status));
    }

    [Theory]
    [InlineData("ab")]
    [InlineData("Upper")]
    [InlineData("under_score")]
    [InlineData("192.168.1.1")]
    [InlineData("two..dots")]
    [InlineData("-lead")]
    [InlineData("xn--bucket")]
    public async Task CreateBucket_BadName_IsRefused(string name)
    {
        await using var host = new S3Host();
        var failure = await Assert.ThrowsAsync<S3Exception>(() => host.S3.CreateBucket(new CreateBucketRequest(name), host.Call));
        Assert.Equal("InvalidBucketName", failure.Code);
    }

    [Fact]
    public async Task CreateBucket_NameOfAnother_IsTaken()
    {
        await using var host = await S3Host.WithBucketAsync();
        await host.S3.CreateBucket(new CreateBucketRequest(S3Host.Bucket), host.Call);
        var other = host.Call with { Account = "444455556666" };
        var failure = await Assert.ThrowsAsync<S3Exception>(() => host.S3.CreateBucket(new CreateBucketRequest(S3Host.Bucket), other));
        Assert.Equal(("BucketAlreadyExists", 409), (failure.Code, failure.Status));
        await host.S3.DeleteBucket(new BucketRequest(S3Host.Bucket), host.Call);
        await host.S3.CreateBucket(new CreateBucketRequest(S3Host.Bucket), other);
    }

    /// <summary>Gives bytes, and then fails as a connection does.</summary>
    private sealed class BrokenStream(int after) : MemoryStream(new byte[after])
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            await base.ReadAsync(buffer, cancellationToken) is var read and > 0 ? read : throw new IOException("The connection is gone.");
    }
}
