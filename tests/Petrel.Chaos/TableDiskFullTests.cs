using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Petrel.Client;
using Petrel.Server.Settings;
using Petrel.Testing;

namespace Petrel.Chaos;

/// <summary>A daemon whose disk fills up while a table is written: writes are refused and say so, nothing acknowledged is lost, and more room is all it needs.</summary>
public sealed class TableDiskFullTests : IDisposable
{
    private const string Small = "size=320m";
    private const string Large = "size=800m";

    private readonly string _data = Directory.CreateTempSubdirectory("petrel-chaos-full-").FullName;

    public void Dispose()
    {
        Run("umount", "--lazy", _data);
        Directory.Delete(_data, recursive: true);
    }

    [Fact]
    public async Task DiskFull_UnderWrites_RefusesThemAndLosesNothing()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && Run("mount", "-t", "tmpfs", "-o", Small, "tmpfs", _data) == 0, "a disk that fills up has to be mounted, which takes root");
        int written;
        await using (var daemon = await DaemonProcess.StartAsync(_data))
        {
            using var api = Api(daemon);
            await TableLoad.CreateAsync(api);
            var (first, refusal) = await FillAsync(api, 0);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refusal.Status);
            Assert.Contains("disk is full", refusal.Message, StringComparison.Ordinal);
            Assert.Equal("1000", (await GetAsync(api, "account-1"))!["balance"]!["N"]!.GetValue<string>());
            Assert.NotNull(await GetAsync(api, $"fill-{first - 1}"));

            Assert.Equal(0, Run("mount", "-o", $"remount,{Large}", _data));
            await Eventually.IsTrueAsync(() => TryPutAsync(api, first).GetAwaiter().GetResult() is null);
            written = first + 1;
        }

        await using var again = await DaemonProcess.StartAsync(_data);
        using var after = Api(again);
        var check = new TableCheck(after);
        var items = await check.NowAsync();
        Assert.DoesNotContain(Enumerable.Range(0, written), i => !items.ContainsKey($"fill-{i}"));
        Assert.Empty(await check.RunAsync(new TableLoad(1)));
    }

    /// <returns>How many were written, and the answer to the next.</returns>
    private static async Task<(int Written, ApiException Refusal)> FillAsync(ApiClient api, int from)
    {
        for (var i = from; i < 2_000; i++)
        {
            if (await TryPutAsync(api, i) is { } refusal)
            {
                return (i, refusal);
            }
        }

        throw new InvalidOperationException("The disk does not fill up.");
    }

    private static async Task<ApiException?> TryPutAsync(ApiClient api, int number)
    {
        // Of random bytes, which nothing makes smaller.
        var bytes = new byte[250_000];
        new Random(number).NextBytes(bytes);
        var item = new JsonObject { ["pk"] = TableLoad.S($"fill-{number}"), ["bytes"] = new JsonObject { ["B"] = Convert.ToBase64String(bytes) } };
        try
        {
            await TableLoad.CallAsync(api, "PutItem", new JsonObject { ["TableName"] = TableLoad.Table, ["Item"] = item });
            return null;
        }
        catch (ApiException e)
        {
            return e;
        }
    }

    private static async Task<JsonNode?> GetAsync(ApiClient api, string key) =>
        (await TableLoad.CallAsync(api, "GetItem", new JsonObject { ["TableName"] = TableLoad.Table, ["Key"] = new JsonObject { ["pk"] = TableLoad.S(key) } }))["Item"];

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        return process.ExitCode;
    }

    private static ApiClient Api(DaemonProcess daemon) =>
        new(new Connection(daemon.Endpoint, Connection.DefaultRegion, new Credentials("test", "test"), new PetrelOptions()), TimeProvider.System);
}
