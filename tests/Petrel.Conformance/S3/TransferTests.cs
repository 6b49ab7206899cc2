using System.Security.Cryptography;
using System.Text.Json;
using Petrel.Conformance.Lambda;

namespace Petrel.Conformance.S3;

/// <summary>Large objects through the clients' transfer managers.</summary>
public sealed class TransferTests(Daemon daemon) : IDisposable
{
    private const int Size = 20 * 1_048_576;

    private readonly Cli _aws = daemon.NewCli();
    private readonly string _folder = Directory.CreateTempSubdirectory("petrel-s3-").FullName;
    private readonly string _bucket = "transfer-" + Guid.CreateVersion7().ToString("n")[16..];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Cli_CopiesAndSynchronises_BothWays()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "up/deep"));
        var large = RandomNumberGenerator.GetBytes(Size);
        await File.WriteAllBytesAsync(Path.Combine(_folder, "up/large"), large);
        await File.WriteAllTextAsync(Path.Combine(_folder, "up/deep/small.txt"), "small");
        await RunAsync("s3", "mb", $"s3://{_bucket}");
        await RunAsync("s3", "sync", Path.Combine(_folder, "up"), $"s3://{_bucket}/tree", "--only-show-errors");
        await RunAsync("s3", "cp", $"s3://{_bucket}/tree/large", $"s3://{_bucket}/copy", "--only-show-errors");
        await RunAsync("s3", "sync", $"s3://{_bucket}", Path.Combine(_folder, "down"), "--only-show-errors");
        Assert.Equal(large, await File.ReadAllBytesAsync(Path.Combine(_folder, "down/tree/large")));
        Assert.Equal(large, await File.ReadAllBytesAsync(Path.Combine(_folder, "down/copy")));
        Assert.Equal("small", await File.ReadAllTextAsync(Path.Combine(_folder, "down/tree/deep/small.txt")));
        var listed = await RunAsync("s3", "ls", $"s3://{_bucket}/tree/");
        Assert.Contains("PRE deep/", listed, StringComparison.Ordinal);
        var head = await _aws.CallAsync("s3api", "head-object", "--bucket", _bucket, "--key", "tree/large");
        Assert.EndsWith("-3\"", head.Text("ETag"), StringComparison.Ordinal);
        await RunAsync("s3", "rb", $"s3://{_bucket}", "--force");
    }

    private async Task<string> RunAsync(params string[] arguments)
    {
        var (code, output, error) = await _aws.RunAsync(arguments);
        Assert.True(code == 0, $"aws {string.Join(' ', arguments)} ended with {code}: {error}");
        return output;
    }
}
