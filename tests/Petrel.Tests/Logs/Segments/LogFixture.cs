using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Petrel.Server.Services.Logs.Model;
using Petrel.Server.Services.Logs.Store.Segments;
using Petrel.Storage;
using Petrel.Testing;

namespace Petrel.Tests.Logs.Segments;

/// <summary>A group's log in a folder of its own.</summary>
internal sealed class LogFixture : IDisposable
{
    public LogFixture(LogLimits? limits = null)
    {
        Limits = limits ?? new LogLimits(8 << 20, 64 << 20);
        Ticker = new LogTicker(Clock, NullLogger<LogTicker>.Instance);
        Folder = Directory.CreateTempSubdirectory("petrel-logs-").FullName;
        Log = Reopen();
    }

    public LogLimits Limits { get; }

    public ManualClock Clock { get; } = new();

    public LogTicker Ticker { get; }

    public string Folder { get; }

    public GroupLog Log { get; private set; }

    public string GroupFolder => Path.Combine(Folder, "group");

    public long Now => Clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>A new log over the same files, as after a crash: the old one is not closed.</summary>
    public GroupLog Reopen() => Log = new GroupLog(
        new GroupLocation("000000000000", "us-east-1", "group", (_, _) => Task.FromResult<string?>(GroupFolder)),
        Limits,
        new SystemIdSource(),
        Clock,
        Ticker);

    public async Task<List<string>> TextsAsync(LogQuery? query = null) =>
        [.. (await Log.ReadAsync(query ?? new LogQuery())).Events.Select(e => Encoding.UTF8.GetString(e.Message))];

    public async Task<List<StoredEvent>> AllAsync(LogQuery query)
    {
        var all = new List<StoredEvent>();
        while (true)
        {
            var page = await Log.ReadAsync(query);
            all.InsertRange(query.Backward ? 0 : all.Count, page.Events);
            if (page.Next is not { } next)
            {
                return all;
            }

            query = query.Backward ? query with { Before = next } : query with { After = next };
        }
    }

    public void Dispose()
    {
        Ticker.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}

internal static class GroupLogExtensions
{
    public static void Append(this GroupLog log, StreamEntry stream, long time, string line) =>
        log.Append(stream, time, Encoding.UTF8.GetBytes(line));
}
