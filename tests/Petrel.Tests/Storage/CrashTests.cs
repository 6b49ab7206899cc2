using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Petrel.Storage;

namespace Petrel.Tests.Storage;

/// <summary>A real process is killed under load, again and again on the same data: whatever it acknowledged is there.</summary>
public sealed class CrashTests : IDisposable
{
    private const int Rounds = 3;

    private readonly TemporaryFolder _temporary = new();

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task Kill_UnderLoad_LosesNothingAcknowledged()
    {
        var data = Path.Combine(_temporary.Path, "data");
        var acknowledged = new long[CrashChild.Writers];
        for (var round = 0; round < Rounds; round++)
        {
            await RunAndKillAsync(data, acknowledged, 2_000, []);
            Assert.Null(await CheckAsync(data, acknowledged));
        }
    }

    [Theory]
    [InlineData(UnsyncedTail.Gone)]
    [InlineData(UnsyncedTail.CutShort)]
    [InlineData(UnsyncedTail.Holes)]
    public async Task PowerLoss_UnderLoad_LosesNothingAcknowledged(UnsyncedTail tail)
    {
        var disk = await PowerLossDisk.CreateAsync(_temporary.Path);
        var acknowledged = new long[CrashChild.Writers];
        for (var round = 0; round < Rounds; round++)
        {
            await RunAndKillAsync(disk.Data, acknowledged, 1_000, disk.Environment());
            disk.LosePower(tail);
            Assert.Null(await CheckAsync(disk.Data, acknowledged));
            disk.Sync();
        }
    }

    [Fact]
    public async Task PowerLoss_DiskThatLies_IsNoticed()
    {
        var disk = await PowerLossDisk.CreateAsync(_temporary.Path);
        var acknowledged = new long[CrashChild.Writers];
        await RunAndKillAsync(disk.Data, acknowledged, 2_000, disk.Environment(liesAfter: 100));
        disk.LosePower(UnsyncedTail.Gone);
        Assert.NotNull(await CheckAsync(disk.Data, acknowledged));
    }

    /// <summary>Starts the child, and kills it once it acknowledged so many transactions.</summary>
    private static async Task RunAndKillAsync(string data, long[] acknowledged, int transactions, IEnumerable<(string Name, string Value)> environment)
    {
        var program = Path.ChangeExtension(typeof(CrashTests).Assembly.Location, null);
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[CrashChild.FolderVariable] = data;
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var child = Process.Start(start)!;
        var errors = child.StandardError.ReadToEndAsync();
        for (var lines = 0; await child.StandardOutput.ReadLineAsync() is { } line; lines++)
        {
            // The last line may be cut short; it was written after the acknowledgement all the same, but says nothing.
            var parts = line.Split(' ');
            if (parts.Length == 2 && int.TryParse(parts[0], out var writer) && long.TryParse(parts[1], out var number) && number > acknowledged[writer])
            {
                acknowledged[writer] = number;
            }

            if (lines == transactions)
            {
                child.Kill();
            }
        }

        await child.WaitForExitAsync();
        Assert.True(acknowledged.Sum() > transactions / 2, await errors);
    }

    /// <summary>What is missing or wrong, or null.</summary>
    private static async Task<string?> CheckAsync(string data, long[] acknowledged)
    {
        await using var storage = await CrashChild.OpenAsync(data);
        for (var writer = 0; writer < CrashChild.Writers; writer++)
        {
            var rows = await storage.Store.ReadAsync(tx => tx.ScanAsync(CrashChild.RowsOf(writer), 1_000_000));
            var last = rows.Count == 0 ? 0 : CrashChild.NumberOf(rows[^1].Key);
            var count = await storage.Store.ReadAsync(tx => tx.GetCounterAsync(CrashChild.Counter(writer)));
            if (rows.Count != last || count != last)
            {
                return $"Writer {writer} has {rows.Count} rows up to {last} and counted {count}.";
            }

            if (last < acknowledged[writer])
            {
                return $"Writer {writer} has rows up to {last}; {acknowledged[writer]} was acknowledged.";
            }
        }

        return await CheckBlobsAsync(storage) ?? await CheckQueueAsync(storage) ?? await CheckLogAsync(storage);
    }

    private static async Task<string?> CheckBlobsAsync(PetrelStorage storage)
    {
        var rows = await storage.Store.ReadAsync(tx => tx.ScanAsync(CrashChild.RowsOf(0), 1_000_000));
        foreach (var row in rows)
        {
            var blob = JsonSerializer.Deserialize<BlobRef>(row.Value.Span)!;
            try
            {
                await using var content = await storage.Blobs.OpenAsync(blob);
                await content.CopyToAsync(Stream.Null);
            }
            catch (Exception exception) when (exception is FileNotFoundException or StoreException)
            {
                return exception.Message;
            }
        }

        return null;
    }

    /// <summary>Receives every item; the leases are short, so that the next round finds them again.</summary>
    private static async Task<string?> CheckQueueAsync(PetrelStorage storage)
    {
        var rows = await storage.Store.ReadAsync(tx => tx.ScanAsync(CrashChild.RowsOf(1), 1_000_000));
        var received = new HashSet<string>();
        var options = new ReceiveOptions { Max = 500, Visibility = TimeSpan.FromMilliseconds(1), Wait = TimeSpan.FromSeconds(1) };
        for (var scanned = 0; scanned <= 3 * rows.Count; scanned += options.Max)
        {
            foreach (var lease in await storage.Queues.ReceiveAsync(CrashChild.Queue, options))
            {
                received.Add(Encoding.UTF8.GetString(lease.Body.Span));
            }
        }

        var counts = await storage.Queues.CountAsync(CrashChild.Queue);
        return received.Count == rows.Count && counts.Ready + counts.InFlight == rows.Count
            ? null
            : $"{received.Count} of {rows.Count} items were received, and the queue counts {counts}.";
    }

    private static async Task<string?> CheckLogAsync(PetrelStorage storage)
    {
        var rows = await storage.Store.ReadAsync(tx => tx.ScanAsync(CrashChild.RowsOf(2), 1_000_000));
        var seen = new List<LogEvent>();
        for (var shard = 0; shard < CrashChild.Log.Shards; shard++)
        {
            seen.AddRange(await storage.Logs.ReadAsync(CrashChild.Log, shard, LogPosition.Start, 1_000_000));
        }

        var numbers = seen.Select(entry => long.Parse(Encoding.UTF8.GetString(entry.Value.Span).Split(':')[1], CultureInfo.InvariantCulture));
        return numbers.Order().SequenceEqual(rows.Select(row => CrashChild.NumberOf(row.Key)))
            ? null
            : $"The log has {seen.Count} entries for {rows.Count} rows.";
    }
}
