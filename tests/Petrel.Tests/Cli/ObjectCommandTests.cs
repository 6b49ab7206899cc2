using System.Security.Cryptography;
using Petrel.Aws.S3;
using Petrel.Client;
using Petrel.Objects;
using Petrel.Server;
using Petrel.Server.Settings;
using Petrel.Wire;

namespace Petrel.Tests.Cli;

/// <summary><c>petrel s3</c> against a daemon in this process.</summary>
public sealed class ObjectCommandTests : IAsyncLifetime
{
    private static readonly CallContext Call = new()
    {
        Account = "000000000000",
        Region = "us-east-1",
        Caller = Principal.Root("000000000000"),
        RequestId = "request",
        Endpoint = new Uri("http://localhost:4566"),
    };

    private readonly CliRun _run = new();
    private PetrelServer _server = null!;

    private IS3 S3 => (IS3)_server.Services.GetService(typeof(IS3))!;

    public async ValueTask InitializeAsync()
    {
        _server = await PetrelServer.StartAsync(new PetrelOptions
        {
            Edge = new EdgeOptions { Port = 0 },
            Storage = new StorageOptions { Data = Path.Combine(_run.Folder, "data"), Engine = "memory" },
        });
        await S3.CreateBucket(new CreateBucketRequest("bucket"), Call);
        _run.Environment["AWS_ENDPOINT_URL"] = _server.Endpoint.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _run.Dispose();
    }

    [Theory]
    [InlineData(10)]
    [InlineData(20_000_000)]
    public async Task Cp_AFile_ComesBackAsItWas(int size)
    {
        var bytes = RandomNumberGenerator.GetBytes(size);
        await File.WriteAllBytesAsync(Path.Combine(_run.Folder, "up.png"), bytes, TestContext.Current.CancellationToken);
        await SucceedAsync("cp", "up.png", "s3://bucket/in/");
        Assert.Equal("image/png", (await S3.HeadObject(new GetObjectRequest("bucket", "in/up.png"), Call)).ContentType);
        await SucceedAsync("cp", "s3://bucket/in/up.png", "s3://bucket/copy/");
        await SucceedAsync("cp", "s3://bucket/copy/up.png", "down.png");
        Assert.Equal(bytes, await File.ReadAllBytesAsync(Path.Combine(_run.Folder, "down.png"), TestContext.Current.CancellationToken));
        await SucceedAsync("ls", "s3://bucket/");
        Assert.Equal(2, _run.Out.Split('\n').Count(line => line.Contains("folder", StringComparison.Ordinal)));
        await SucceedAsync("rm", "s3://bucket/", "--recursive");
        await SucceedAsync("ls", "s3://bucket/");
        Assert.Empty(_run.Out);
    }

    [Fact]
    public async Task Cp_UploadThatBrokeOff_IsGoneOnWith()
    {
        var bytes = RandomNumberGenerator.GetBytes(20_000_000);
        await File.WriteAllBytesAsync(Path.Combine(_run.Folder, "file"), bytes, TestContext.Current.CancellationToken);
        var upload = (await S3.CreateMultipartUpload(new CreateMultipartUploadRequest("bucket", "file"), Call)).Result.UploadId;
        var first = new UploadPartRequest("bucket", "file", 1, upload, new MemoryStream(bytes, 0, Upload.PartBytes), Upload.PartBytes);
        await S3.UploadPart(first, Call);
        await SucceedAsync("cp", "file", "s3://bucket/file");
        var uploads = await S3.ListMultipartUploads(new ListMultipartUploadsRequest("bucket"), Call);
        Assert.Empty(uploads.Uploads!);
        var attributes = await S3.GetObjectAttributes(new GetObjectAttributesRequest("bucket", "file", ["ObjectParts", "ObjectSize"]), Call);
        Assert.Equal((3, 20_000_000L), (attributes.Attributes.ObjectParts!.TotalPartsCount, attributes.Attributes.ObjectSize!.Value));
    }

    [Fact]
    public async Task Cp_DownloadThatBrokeOff_FetchesOnlyWhatIsMissing()
    {
        var bytes = RandomNumberGenerator.GetBytes(300_000);
        var put = await S3.PutObject(new PutObjectRequest("bucket", "file", new MemoryStream(bytes), bytes.Length), Call);
        var path = Path.Combine(_run.Folder, "file");

        // What is there is taken as it is: that it is shown in the result proves that it was not fetched.
        var there = new byte[100_000];
        await File.WriteAllBytesAsync(Download.PartialOf(path, put.ETag), there, TestContext.Current.CancellationToken);
        await SucceedAsync("cp", "s3://bucket/file", "file");
        byte[] expected = [.. there, .. bytes[100_000..]];
        Assert.Equal(expected, await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Sync_Folders_CopiesWhatDiffersAndMirrorsWhenAsked()
    {
        _run.Write("site/index.html", "one");
        _run.Write("site/a b/c.txt", "two");
        await SucceedAsync("sync", "site", "s3://bucket/www");
        await SucceedAsync("sync", "site", "s3://bucket/www");
        Assert.Contains("0 copied", _run.Error, StringComparison.Ordinal);
        File.Delete(Path.Combine(_run.Folder, "site/index.html"));
        await SucceedAsync("sync", "site", "s3://bucket/www", "--delete");
        Assert.Contains("1 deleted", _run.Error, StringComparison.Ordinal);
        await SucceedAsync("sync", "s3://bucket/www", "back");
        Assert.Equal("two", await File.ReadAllTextAsync(Path.Combine(_run.Folder, "back/a b/c.txt"), TestContext.Current.CancellationToken));
        Assert.False(File.Exists(Path.Combine(_run.Folder, "back/index.html")));
    }

    [Fact]
    public async Task Sync_KeyThatLeadsOut_IsRefused()
    {
        await S3.PutObject(new PutObjectRequest("bucket", "x/../../out", new MemoryStream([1]), 1), Call);
        Assert.Equal(1, await _run.CallAsync("s3", "sync", "s3://bucket/x", "back"));
        Assert.Contains("leads out of", _run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Presign_AnObject_GivesAUrlThatAnybodyMayUse()
    {
        await S3.PutObject(new PutObjectRequest("bucket", "a b", new MemoryStream("open"u8.ToArray()), 4), Call);
        await SucceedAsync("presign", "s3://bucket/a b");
        using var http = new HttpClient();
        Assert.Equal("open", await http.GetStringAsync(new Uri(_run.Out.Trim()), TestContext.Current.CancellationToken));
    }

    private async Task SucceedAsync(params string[] args)
    {
        var code = await _run.CallAsync(["s3", .. args]);
        Assert.True(code == 0, _run.Error);
    }
}
