using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;
using Petrel.Bench.Load;
using Petrel.Storage;
using Petrel.Storage.RocksDb;

namespace Petrel.Bench.Rows;

/// <summary>Acknowledged read-modify-write transactions of the embedded engine, each answered after fsync.</summary>
internal sealed class StoreScenario : IScenario
{
    private const int Writers = 32;
    private const int ValueBytes = 300;
    private const long Keys = 100_000;

    public string Name => "store";

    public async IAsyncEnumerable<Row> RunAsync(BenchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("petrel-bench-store-").FullName;
        try
        {
            context.Progress("timing fsync of the disk");
            var disk = DiskSync.P50Us(folder);
            yield return new Row("the disk's own: append 4 KiB + fsync, p50", disk, "µs");

            context.Progress($"writing with {Writers} writers for {context.Duration.TotalSeconds:0} s");
            await using var store = RocksDbStore.Open(new RocksDbSettings { Path = Path.Combine(folder, "store") }, NullLogger.Instance);
            await MeasureAsync(store, TimeSpan.FromSeconds(1), cancellationToken);
            var (rate, p99, cpu) = await MeasureAsync(store, context.Duration, cancellationToken);
            yield return new Row($"read-modify-write of {ValueBytes} B after fsync, {Writers} writers", rate, "/s", 35_000, 65_000, LowerIsBetter: false)
            {
                Note = $"{cpu:0.0} µs of CPU each, p99 {p99 / 1000:0.00} ms, fsync p50 {disk:0} µs",
            };
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<(double Rate, double P99Us, double CpuUs)> MeasureAsync(
        RocksDbStore store, TimeSpan duration, CancellationToken cancellationToken)
    {
        var cpu = ProcessTree.CpuUs(Environment.ProcessId);
        var clock = Stopwatch.StartNew();
        var latencies = await Task.WhenAll(Enumerable.Range(0, Writers)
            .Select(writer => Task.Run(() => WriteAsync(store, new Random(writer), clock, duration), cancellationToken)));
        var all = latencies.SelectMany(l => l).Order().ToArray();
        var used = ProcessTree.CpuUs(Environment.ProcessId) - cpu;
        return (all.Length / clock.Elapsed.TotalSeconds, all[(int)(all.Length * 0.99)], used / all.Length);
    }

    private static async Task<List<float>> WriteAsync(RocksDbStore store, Random random, Stopwatch clock, TimeSpan duration)
    {
        var space = new Subspace("bench");
        var latencies = new List<float>(1 << 16);
        while (clock.Elapsed < duration)
        {
            var key = space.Key(random.NextInt64(Keys));
            var started = Stopwatch.GetTimestamp();
            await store.WriteAsync(async transaction =>
            {
                var value = new byte[ValueBytes];
                (await transaction.GetAsync(key))?.CopyTo(value);
                BinaryPrimitives.WriteInt64LittleEndian(value, BinaryPrimitives.ReadInt64LittleEndian(value) + 1);
                transaction.Put(key, value);
                return 0;
            });
            latencies.Add((float)Stopwatch.GetElapsedTime(started).TotalMicroseconds);
        }

        return latencies;
    }
}
