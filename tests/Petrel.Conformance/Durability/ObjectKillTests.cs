using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using Petrel.Conformance.Lambda;
using Petrel.Testing;

namespace Petrel.Conformance.Durability;

/// <summary>The same for objects: of every size, in one piece and in parts.</summary>
public sealed class ObjectKillTests : IDisposable
{
    private const string Account = "600000000003";
    private const string Bucket = "killed";

    private readonly string _data = Directory.CreateTempSubdirectory("petrel-kill-").FullName;
    private readonly ConcurrentDictionary<string, string> _acknowledged = new();
    private readonly ConcurrentDictionary<string, byte> _sent = new();

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task Kill_WhileObjectsArePut_EveryAcknowledgedOneReadsBackAndNothingElseIsVisible()
    {
        var (port, enough) = (0, 20);
        for (var kill = 0; kill < 4; kill++, enough += 20)
        {
            await using var daemon = await DaemonProcess.StartAsync(_data, port);
            port = daemon.Endpoint.Port;
            await using var clients = StartClients(daemon);
            var client = new Client(clients, Account, Daemon.Region);
            await client.CallAsync("s3", "create_bucket", new { Bucket });
            await CheckAsync(client);
            var load = Task.WhenAll(Enumerable.Range(0, 4).Select(writer => PutAsync(client, kill, writer)));
            await Eventually.IsTrueAsync(() => _acknowledged.Count > enough);
            await daemon.KillAsync();
            await load;
        }

        await using var last = await DaemonProcess.StartAsync(_data, port);
        await using var readers = StartClients(last);
        await CheckAsync(new Client(readers, Account, Daemon.Region));
    }

    private static ClientProcess StartClients(DaemonProcess daemon) =>
        new("python3", Path.Combine(AppContext.BaseDirectory, "drivers"), "boto_driver.py", daemon.Endpoint.ToString());

    private async Task PutAsync(Client client, int kill, int writer)
    {
        for (var n = 0; ; n++)
        {
            var key = $"{kill}/{writer}/{n}";
            var bytes = RandomNumberGenerator.GetBytes(n % 3 == 0 ? 1_000 : n % 3 == 1 ? 200_000 : 900_000);
            _sent[key] = 0;
            try
            {
                await (writer == 3 ? PutInPartsAsync(client, key, bytes) : client.CallAsync("s3", "put_object", new { Bucket, Key = key, Body = bytes }));
                _acknowledged[key] = Convert.ToHexStringLower(MD5.HashData(bytes));
            }
            catch (ClientException gone) when (gone.Status == 0)
            {
                return;
            }
        }
    }

    private static async Task PutInPartsAsync(Client client, string key, byte[] bytes)
    {
        var upload = (await client.CallAsync("s3", "create_multipart_upload", new { Bucket, Key = key })).Text("UploadId");
        var part = await client.CallAsync("s3", "upload_part", new { Bucket, Key = key, UploadId = upload, PartNumber = 1, Body = bytes });
        var parts = new { Parts = new[] { new { PartNumber = 1, ETag = part.Text("ETag") } } };
        await client.CallAsync("s3", "complete_multipart_upload", new { Bucket, Key = key, UploadId = upload, MultipartUpload = parts });
    }

    /// <summary>What the answer to came is there whole; what is there at all was sent, and is whole too.</summary>
    private async Task CheckAsync(Client client)
    {
        var pages = await client.CallAsync("s3", "$pages", new Dictionary<string, object> { ["$operation"] = "list_objects_v2", ["Bucket"] = Bucket });
        var listed = pages.EnumerateArray()
            .SelectMany(page => page.TryGetProperty("Contents", out var contents) ? contents.EnumerateArray() : default)
            .Select(o => o.Text("Key")!).ToHashSet();
        Assert.Empty(_acknowledged.Keys.Except(listed));
        Assert.Empty(listed.Except(_sent.Keys));
        foreach (var key in listed)
        {
            var got = await client.CallAsync("s3", "get_object", new { Bucket, Key = key });
            var bytes = got.GetProperty("Body").GetProperty("$bytes").GetBytesFromBase64();
            if (_acknowledged.TryGetValue(key, out var md5))
            {
                Assert.Equal(md5, Convert.ToHexStringLower(MD5.HashData(bytes)));
            }

            Assert.Equal(got.GetProperty("ContentLength").GetInt32(), bytes.Length);
        }
    }
}
