using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Petrel.Server.Services.Logs.Store.Segments;
using Petrel.Tests.Storage;

namespace Petrel.Tests.Logs.Segments;

/// <summary>A real process is killed, or loses power, while it puts events: whatever it acknowledged is there.</summary>
public sealed class LogCrashTests : IDisposable
{
    private const int Batches = 400;

    private readonly string _folder = Directory.CreateTempSubdirectory("petrel-logs-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Kill_WhilePutting_LosesNothingAcknowledged()
    {
        var data = Path.Combine(_folder, "data");
        var acknowledged = new HashSet<string>(StringComparer.Ordinal);
        for (var round = 0; round < 2; round++)
        {
            await RunAndKillAsync(data, acknowledged, []);
            Assert.Empty(acknowledged.Except(await ReadAsync(data)));
        }
    }

    [Theory]
    [InlineData(UnsyncedTail.Gone)]
    [InlineData(UnsyncedTail.CutShort)]
    [InlineData(UnsyncedTail.Holes)]
    public async Task PowerLoss_WhilePutting_LosesNothingAcknowledged(UnsyncedTail tail)
    {
        var disk = await PowerLossDisk.CreateAsync(_folder);
        var acknowledged = new HashSet<string>(StringComparer.Ordinal);
        for (var round = 0; round < 2; round++)
        {
            await RunAndKillAsync(disk.Data, acknowledged, disk.Environment());
            disk.LosePower(tail);
            Assert.Empty(acknowledged.Except(await ReadAsync(disk.Data)));
            disk.Sync();
        }
    }

    [Fact]
    public async Task PowerLoss_DiskThatLies_IsNoticed()
    {
        var disk = await PowerLossDisk.CreateAsync(_folder);
        var acknowledged = new HashSet<string>(StringComparer.Ordinal);
        await RunAndKillAsync(disk.Data, acknowledged, disk.Environment(liesAfter: 60));
        disk.LosePower(UnsyncedTail.Gone);
        Assert.NotEmpty(acknowledged.Except(await ReadAsync(disk.Data)));
    }

    private static async Task RunAndKillAsync(string data, HashSet<string> acknowledged, IEnumerable<(string Name, string Value)> environment)
    {
        var program = Path.ChangeExtension(typeof(LogCrashTests).Assembly.Location, null);
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[LogCrashChild.FolderVariable] = data;
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var child = Process.Start(start)!;
        var errors = child.StandardError.ReadToEndAsync();
        var lines = new List<string>();
        while (await child.StandardOutput.ReadLineAsync() is { } line)
        {
            lines.Add(line);
            if (lines.Count == Batches)
            {
                child.Kill();
            }
        }

        await child.WaitForExitAsync();
        Assert.True(lines.Count >= Batches, await errors);

        // The last line may be cut short.
        acknowledged.UnionWith(lines.SkipLast(1));
    }

    private static async Task<HashSet<string>> ReadAsync(string data)
    {
        using var ticker = new LogTicker(TimeProvider.System, NullLogger<LogTicker>.Instance);
        var log = LogCrashChild.Open(data, ticker);
        var found = new HashSet<string>(StringComparer.Ordinal);
        var query = new LogQuery();
        while (true)
        {
            var page = await log.ReadAsync(query);
            found.UnionWith(page.Events.Select(e => Encoding.UTF8.GetString(e.Message).Split(' ')[0]));
            if (page.Next is not { } next)
            {
                return found;
            }

            query = query with { After = next };
        }
    }
}
