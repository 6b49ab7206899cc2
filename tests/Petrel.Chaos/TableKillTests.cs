using Petrel.Client;
using Petrel.Server.Settings;
using Petrel.Testing;

namespace Petrel.Chaos;

/// <summary>
/// A daemon that is killed again and again while a table with an index, a stream and expiry is written by puts, conditional updates, deletes
/// and transactions. Afterwards nothing that was acknowledged is missing, no transaction is half there, and table, index and stream agree.
/// </summary>
public sealed class TableKillTests : IDisposable
{
    /// <summary>The stream is read whole after each, so that it must not grow without end.</summary>
    private static readonly TimeSpan LongestRound = TimeSpan.FromSeconds(10);

    private readonly string _data = Directory.CreateTempSubdirectory("petrel-chaos-tables-").FullName;
    private readonly Plan _plan = Plan.FromEnvironment();

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task Kill_UnderMixedWrites_KeepsTableIndexAndStreamWholeAndAlike()
    {
        var load = new TableLoad(_plan.Seed);
        var daemon = await DaemonProcess.StartAsync(_data);
        try
        {
            using (var api = Api(daemon))
            {
                await TableLoad.CreateAsync(api);
            }

            for (var kill = 0; kill <= _plan.Kills; kill++)
            {
                await WriteAndKillAsync(daemon, load);
                await daemon.DisposeAsync();
                daemon = await DaemonProcess.StartAsync(_data, daemon.Endpoint.Port);
                using var api = Api(daemon);
                var check = new TableCheck(api);
                var wrong = await check.RunAsync(load);
                Assert.True(wrong.Count == 0, $"after kill {kill + 1}, {wrong.Count} wrong:\n{string.Join('\n', wrong.Take(20))}");
                Assert.Empty(load.Wrong.Take(20));
                load.Settle(await check.NowAsync());
            }

            Assert.True(load.Writes > 100, $"only {load.Writes} writes");
            await ExpireAsync(daemon, load);
        }
        finally
        {
            await daemon.DisposeAsync();
        }
    }

    /// <summary>Everybody writes for a while; when it ends the daemon is in the middle of it.</summary>
    private async Task WriteAndKillAsync(DaemonProcess daemon, TableLoad load)
    {
        var killed = false;
        var workers = Enumerable.Range(0, _plan.Workers).Select(worker => Task.Run(async () =>
        {
            using var api = Api(daemon);
            await load.RunAsync(api, worker, () => Volatile.Read(ref killed));
        })).ToArray();
        var share = _plan.Load / (_plan.Kills + 1);
        await Task.Delay(share < LongestRound ? share : LongestRound, TimeProvider.System);
        Volatile.Write(ref killed, true);
        await daemon.KillAsync();
        await Task.WhenAll(workers).WaitAsync(TimeSpan.FromMinutes(2));
    }

    private static async Task ExpireAsync(DaemonProcess daemon, TableLoad load)
    {
        using var api = Api(daemon);
        var check = new TableCheck(api);
        for (var attempt = 0; attempt < 240 && !await check.IsExpiredGoneAsync(load); attempt++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System);
        }

        Assert.True(await check.IsExpiredGoneAsync(load), "items whose time has passed are still there");
        Assert.Empty(await check.RunAsync(load));

        // And the check can find something: a transfer that never was, and an item that was lost.
        load.Receipts.Add("receipt-0");
        load.Keys["own-lost"] = (1, null, false);
        Assert.Equal(2, (await new TableCheck(api).RunAsync(load)).Count);
    }

    private static ApiClient Api(DaemonProcess daemon) =>
        new(new Connection(daemon.Endpoint, Connection.DefaultRegion, new Credentials("test", "test"), new PetrelOptions()), TimeProvider.System);
}
