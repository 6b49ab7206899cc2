using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Petrel.Server.Services.Logs.Store.Segments;
using Petrel.Storage;
using Petrel.Storage.Files;

namespace Petrel.Tests.Logs.Segments;

/// <summary>The process that a test kills: it puts batches from several writers, and says on its output which were acknowledged.</summary>
internal static class LogCrashChild
{
    public const string FolderVariable = "PETREL_TEST_LOG_CHILD";
    public const int Writers = 4;

    /// <summary>Small enough that segments roll often.</summary>
    private static readonly LogLimits Limits = new(64 << 10, 64 << 20);

    public static async Task<int> RunAsync(string folder)
    {
        // The data folder itself is the storage's, which makes it durably.
        DurableFiles.CreateDirectory(folder);
        using var ticker = new LogTicker(TimeProvider.System, NullLogger<LogTicker>.Instance);
        var log = Open(folder, ticker);
        var output = Console.OpenStandardOutput();
        var run = Guid.CreateVersion7().ToString("n");
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() => PutAsync(log, $"{run}-{writer}", output))));
        return 0;
    }

    public static GroupLog Open(string folder, LogTicker ticker) => new(
        new GroupLocation("000000000000", "us-east-1", "g", (_, _) => Task.FromResult<string?>(Path.Combine(folder, "logs", "group"))),
        Limits,
        new SystemIdSource(),
        TimeProvider.System,
        ticker);

    private static async Task PutAsync(GroupLog log, string writer, Stream output)
    {
        var stream = log.UseStream(writer, (ulong)writer.GetHashCode(StringComparison.Ordinal), 0);
        for (var number = 0; ; number++)
        {
            var batch = new BlockBuilder();
            batch.TryAddEvent(stream, number, Encoding.UTF8.GetBytes($"{writer}:{number} {new string('x', number * 31 % 500)}"), int.MaxValue);
            if (!log.TryAppendBatch(batch))
            {
                throw new InvalidOperationException("Four writers never fill the queue.");
            }

            await log.FlushAsync(toDisk: true);
            output.Write(Encoding.UTF8.GetBytes($"{writer}:{number}\n"));
        }
    }
}
