using Microsoft.Extensions.DependencyInjection;
using Petrel.Aws.Logs;
using Petrel.Server;
using Petrel.Server.Settings;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Tests.Cli;

public sealed class BackupTests : IDisposable
{
    private static readonly Key Row = new Subspace("test").Key("row");

    private static readonly CallContext Call = new()
    {
        Account = "000000000000",
        Region = "us-east-1",
        Caller = Principal.Root("000000000000"),
        RequestId = "request",
        Endpoint = new Uri("http://localhost:4566"),
    };

    private readonly CliRun _run = new();

    private string Copy => Path.Combine(_run.Folder, "copy");

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task BackupAndRestore_OfARunningDaemon_KeepsWhatWasAcknowledged()
    {
        await using (var server = await StartAsync("data"))
        {
            var store = (IStore)server.Services.GetService(typeof(IStore))!;
            await store.WriteAsync(tx =>
            {
                tx.Put(Row, "kept"u8.ToArray());
                return ValueTask.FromResult(true);
            });
            Assert.Equal(0, await _run.CallAsync("backup", "copy", "--endpoint", server.Endpoint.ToString()));
        }

        Assert.Equal(0, await _run.CallAsync("restore", "copy", "--data", "again"));
        Assert.True(File.Exists(Path.Combine(_run.Folder, "again", "master.key")));
        await using var restored = await StartAsync("again");
        var found = await ((IStore)restored.Services.GetService(typeof(IStore))!).ReadAsync(tx => tx.GetAsync(Row));
        Assert.Equal("kept"u8.ToArray(), found!.Value.ToArray());
    }

    [Fact]
    public async Task BackupAndRestore_OfARunningDaemon_KeepsLogEvents()
    {
        GetLogEventsResult before;
        await using (var server = await StartAsync("data"))
        {
            var logs = server.Services.GetRequiredService<ILogs>();
            await logs.CreateLogGroup(new CreateLogGroupRequest("g"), Call);
            await logs.CreateLogStream(new CreateLogStreamRequest("g", "s"), Call);
            await PutAsync(logs, "first", "second");
            before = await logs.GetLogEvents(new GetLogEventsRequest("s", "g", StartFromHead: true), Call);
            Assert.Equal(0, await _run.CallAsync("backup", "copy", "--endpoint", server.Endpoint.ToString()));
            await PutAsync(logs, "after the backup");
        }

        Assert.Equal(0, await _run.CallAsync("restore", "copy", "--data", "again"));
        await using var restored = await StartAsync("again");
        var found = restored.Services.GetRequiredService<ILogs>();
        var after = await found.GetLogEvents(new GetLogEventsRequest("s", "g", StartFromHead: true), Call);
        Assert.Equal(["first", "second"], after.Events.Select(e => e.Message));
        Assert.Equal(before.Events, after.Events);
        Assert.Equal(before.NextForwardToken, after.NextForwardToken);

        await PutAsync(found, "third");
        after = await found.GetLogEvents(new GetLogEventsRequest("s", "g", NextToken: after.NextForwardToken), Call);
        Assert.Equal("third", after.Events.Single().Message);
    }

    [Fact]
    public async Task Backup_IntoAFolderThatIsThere_IsRefused()
    {
        Directory.CreateDirectory(Copy);
        await using var server = await StartAsync("data");
        Assert.Equal(1, await _run.CallAsync("backup", "copy", "--endpoint", server.Endpoint.ToString()));
        Assert.Contains("exists; a backup is written to a new folder", _run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Backup_WithoutSignature_IsRefused()
    {
        await using var server = await StartAsync("data");
        using var http = new HttpClient();
        using var body = new StringContent($$"""{"directory":"{{Copy}}"}""");
        using var answer = await http.PostAsync(new Uri(server.Endpoint, "/_petrel/backup"), body, TestContext.Current.CancellationToken);
        var reason = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.StatusCode == System.Net.HttpStatusCode.Forbidden, reason);
        Assert.False(Directory.Exists(Copy));
    }

    [Fact]
    public async Task Restore_OverData_IsRefused()
    {
        Directory.CreateDirectory(Path.Combine(_run.Folder, "data", "store"));
        Directory.CreateDirectory(Copy);
        File.WriteAllText(Path.Combine(Copy, "FORMAT"), """{"format":1,"engine":"rocksdb"}""");
        Assert.Equal(1, await _run.CallAsync("restore", "copy", "--data", "data"));
        Assert.Contains("holds data", _run.Error, StringComparison.Ordinal);
    }

    private static Task<PutLogEventsResult> PutAsync(ILogs logs, params string[] messages)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        return logs.PutLogEvents(new PutLogEventsRequest("g", "s", [.. messages.Select(m => new InputLogEvent(now, m))]), Call);
    }

    private Task<PetrelServer> StartAsync(string data) => PetrelServer.StartAsync(new PetrelOptions
    {
        Edge = new EdgeOptions { Port = 0 },
        Storage = new StorageOptions { Data = Path.Combine(_run.Folder, data) },
    });
}
