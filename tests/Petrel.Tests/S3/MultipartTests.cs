using System.Security.Cryptography;
using Petrel.Aws.S3;

namespace Petrel.Tests.S3;

public sealed class MultipartTests
{
    private const int Part = 5 * 1_048_576;

    [Theory]
    [InlineData(null, null, "FULL_OBJECT")]
    [InlineData("CRC32", null, "COMPOSITE")]
    [InlineData("CRC32C", "FULL_OBJECT", "FULL_OBJECT")]
    [InlineData("CRC64NVME", null, "FULL_OBJECT")]
    [InlineData("SHA256", null, "COMPOSITE")]
    public async Task Complete_Parts_IsTheObjectAndItsChecksum(string? algorithm, string? type, string expectedType)
    {
        await using var host = await S3Host.WithBucketAsync();
        byte[][] parts = [RandomNumberGenerator.GetBytes(Part), RandomNumberGenerator.GetBytes(Part + 9), RandomNumberGenerator.GetBytes(100)];
        var upload = await BeginAsync(host, algorithm, type);
        await SendAsync(host, upload, 7, new byte[300_000]);
        var sent = new List<CompletedPart>();
        for (var i = 0; i < parts.Length; i++)
        {
            await SendAsync(host, upload, i + 1, new byte[70_000]);
            sent.Add(new CompletedPart(i + 1, await SendAsync(host, upload, i + 1, parts[i])));
        }

        await host.S3.CompleteMultipartUpload(new CompleteMultipartUploadRequest(S3Host.Bucket, "k", upload, new CompletedMultipartUpload(sent)), host.Call);
        byte[] whole = [.. parts[0], .. parts[1], .. parts[2]];
        Assert.Equal(whole, await host.GetAsync("k"));
        Assert.Equal(parts[1], await host.GetAsync("k", part: 2));
        Assert.Equal(whole[(Part - 5)..(2 * Part + 50)], await host.GetAsync("k", $"bytes={Part - 5}-{(2 * Part) + 49}"));

        // The checksum of the whole is the one that the same bytes have in one piece.
        await host.PutAsync("whole", whole, put => put with { ChecksumAlgorithm = algorithm });
        var (inParts, inOne) = (await HeadAsync(host, "k"), await HeadAsync(host, "whole"));
        Assert.Equal(expectedType, inParts["type"]);
        var name = (algorithm ?? "CRC64NVME").ToLowerInvariant();
        if (expectedType == "FULL_OBJECT")
        {
            Assert.Equal(inOne[name], inParts[name]);
        }
        else
        {
            Assert.EndsWith("-3", inParts[name], StringComparison.Ordinal);
        }

        // Parts that were replaced or left out are gone.
        await host.CollectAsync();
        Assert.Equal(3, host.Files.Length);
        await host.DeleteAsync("k");
        await host.CollectAsync();
        Assert.Single(host.Files);
    }

    [Fact]
    public async Task Complete_WrongParts_IsRefusedAndCanBeDoneAgain()
    {
        await using var host = await S3Host.WithBucketAsync();
        var upload = await BeginAsync(host, null, null);
        var small = new CompletedPart(1, await SendAsync(host, upload, 1, new byte[10]));
        var last = new CompletedPart(2, await SendAsync(host, upload, 2, new byte[20]));
        Assert.Equal("EntityTooSmall", await FailsAsync(host, upload, small, last));
        Assert.Equal("InvalidPartOrder", await FailsAsync(host, upload, last, small));
        Assert.Equal("InvalidPart", await FailsAsync(host, upload, small, last with { ETag = "\"0\"" }));
        Assert.Equal("InvalidPart", await FailsAsync(host, upload, last, new CompletedPart(3, last.ETag)));
        Assert.Equal("MalformedXML", await FailsAsync(host, upload));
        await host.S3.CompleteMultipartUpload(new CompleteMultipartUploadRequest(S3Host.Bucket, "k", upload, new CompletedMultipartUpload([last])), host.Call);
        Assert.Equal(20, (await host.GetAsync("k")).Length);
        Assert.Equal("NoSuchUpload", await FailsAsync(host, upload, last));
    }

    [Fact]
    public async Task Abort_Upload_LeavesNothing()
    {
        await using var host = await S3Host.WithBucketAsync();
        var upload = await BeginAsync(host, null, null);
        await SendAsync(host, upload, 1, new byte[100_000]);
        await host.S3.AbortMultipartUpload(new UploadRequest(S3Host.Bucket, "k", upload), host.Call);
        await host.CollectAsync();
        Assert.Empty(host.Files);
        var other = await BeginAsync(host, null, null);
        await SendAsync(host, other, 1, new byte[100_000]);
        await host.S3.DeleteBucket(new BucketRequest(S3Host.Bucket), host.Call);
        await host.CollectAsync();
        Assert.Empty(host.Files);
    }

    private static async Task<string> BeginAsync(S3Host host, string? algorithm, string? type)
    {
        var request = new CreateMultipartUploadRequest(S3Host.Bucket, "k", ChecksumAlgorithm: algorithm, ChecksumType: type);
        return (await host.S3.CreateMultipartUpload(request, host.Call)).Result.UploadId;
    }

    private static async Task<string> SendAsync(S3Host host, string upload, int number, byte[] bytes)
    {
        var request = new UploadPartRequest(S3Host.Bucket, "k", number, upload, new MemoryStream(bytes), bytes.Length);
        return (await host.S3.UploadPart(request, host.Call)).ETag;
    }

    private static async Task<IReadOnlyDictionary<string, string>> HeadAsync(S3Host host, string key) =>
        (await host.S3.HeadObject(new GetObjectRequest(S3Host.Bucket, key, ChecksumMode: "ENABLED"), host.Call)).Checksums!;

    private static async Task<string> FailsAsync(S3Host host, string upload, params CompletedPart[] parts) => (await Assert.ThrowsAsync<S3Exception>(
        () => host.S3.CompleteMultipartUpload(
            new CompleteMultipartUploadRequest(S3Host.Bucket, "k", upload, new CompletedMultipartUpload(parts)), host.Call))).Code;
}
