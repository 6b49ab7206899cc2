using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Petrel.Bench.Load;
using Petrel.Client;
using Petrel.Objects;
using Petrel.Server.Settings;

namespace Petrel.Bench.Rows;

/// <summary>Objects: reads against nginx on the same files, writes against the disk, listings, completing an upload, memory.</summary>
internal sealed class ObjectsScenario : IScenario
{
    private const string Bucket = "bench";
    private const int Listed = 20_000;
    private const int Mega = 1_048_576;

    public string Name => "objects";

    public async IAsyncEnumerable<Row> RunAsync(BenchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var daemon = await MeasuredDaemon.StartAsync(context, cancellationToken);
        using var api = new ApiClient(
            new Connection(daemon.Endpoint, Connection.DefaultRegion, new Credentials("test", "test"), new PetrelOptions()), TimeProvider.System);
        var client = new ObjectClient(api, TimeProvider.System);
        await client.CreateBucketAsync(Bucket, cancellationToken);
        await foreach (var row in ReadsAsync(context, client, cancellationToken))
        {
            yield return row;
        }

        await foreach (var row in WritesAsync(context, client, cancellationToken))
        {
            yield return row;
        }

        await foreach (var row in ListsAsync(context, client, cancellationToken))
        {
            yield return row;
        }

        yield return await CompleteAsync(context, client, cancellationToken);
        yield return await MemoryAsync(context, daemon, client, cancellationToken);
    }

    private static async IAsyncEnumerable<Row> ReadsAsync(
        BenchContext context, ObjectClient client, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var files = new Dictionary<string, byte[]>
        {
            ["1k"] = RandomNumberGenerator.GetBytes(1_024),
            ["1m"] = RandomNumberGenerator.GetBytes(Mega),
            ["100m"] = RandomNumberGenerator.GetBytes(100 * Mega),
        };
        await using var nginx = await Nginx.StartAsync(files, cancellationToken);
        (string Name, int Connections, double AtLeast, double Aim)[] rows = [("1k", 32, 0.3, 0.55), ("1m", 8, 0.3, 0.5), ("100m", 8, 0.3, 0.5)];
        foreach (var (name, connections, atLeast, aim) in rows)
        {
            context.Progress($"GET of {name}");
            var address = new S3Address(Bucket, name);
            await client.PutAsync(address, new MemoryStream(files[name]), "binary/octet-stream", cancellationToken);
            var url = client.Presign(address, "GET", TimeSpan.FromHours(1));
            await Wrk.RunAsync(url, connections, TimeSpan.FromSeconds(3), cancellationToken: cancellationToken);
            var load = await Wrk.RunAsync(url, connections, context.Duration, cancellationToken: cancellationToken);
            var peer = nginx is null ? null : await Wrk.RunAsync(new Uri(nginx.Endpoint, name), connections, context.Duration, cancellationToken: cancellationToken);
            var megabytes = load.RequestsPerSecond * files[name].Length / 1e6;
            yield return name == "1k"
                ? new Row($"GET {name}, {connections} connections, sealed", load.RequestsPerSecond, "/s", 18_000, 35_000, LowerIsBetter: false)
                : new Row($"GET {name}, {connections} connections, sealed", megabytes, "MB/s", LowerIsBetter: false);
            if (peer is not null)
            {
                yield return new Row("the same, against nginx", load.RequestsPerSecond / peer.RequestsPerSecond, "×", atLeast, aim, LowerIsBetter: false)
                {
                    Note = $"nginx {peer.RequestsPerSecond:N0} /s",
                };
            }
        }
    }

    private static async IAsyncEnumerable<Row> WritesAsync(
        BenchContext context, ObjectClient client, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        context.Progress("PUT of 1k");
        var small = RandomNumberGenerator.GetBytes(1_024);
        yield return new Row(
            "PUT 1k, synced, 32 connections",
            await RateAsync(context, 32, (writer, n) => client.PutAsync(new S3Address(Bucket, $"put/{writer}/{n}"), new MemoryStream(small), "a/b", cancellationToken)),
            "/s",
            4_000,
            10_000,
            LowerIsBetter: false)
        { Note = "the client is .NET's, on the same cores" };
        context.Progress("PUT of 1m");
        var large = RandomNumberGenerator.GetBytes(Mega);
        var put = await RateAsync(
            context, 8, (writer, n) => client.PutAsync(new S3Address(Bucket, $"put/{writer}/{n % 4}"), new MemoryStream(large), "a/b", cancellationToken));
        var folder = Directory.CreateTempSubdirectory("petrel-dd-").FullName;
        var disk = await RateAsync(context, 8, (writer, n) => Task.Run(() => WriteSynced(Path.Combine(folder, $"{writer}-{n % 4}"), large), cancellationToken));
        Directory.Delete(folder, recursive: true);
        yield return new Row("PUT 1m, verified and synced, 8 connections, against files written and synced", put / disk, "×", 0.4, 0.7, LowerIsBetter: false)
        {
            Note = $"{put:N0} MB/s against {disk:N0}",
        };
    }

    private static async IAsyncEnumerable<Row> ListsAsync(
        BenchContext context, ObjectClient client, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        context.Progress($"{Listed} keys to list");
        await Parallel.ForAsync(
            0,
            Listed,
            new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = cancellationToken },
            async (i, token) => await client.PutAsync(new S3Address(Bucket, $"list/{i % 1_000:0000}/{i}"), new MemoryStream([1]), "a/b", token));
        foreach (var folded in (bool[])[false, true])
        {
            var times = new List<double>();
            for (var i = 0; i < 30; i++)
            {
                var started = Stopwatch.GetTimestamp();
                await using var items = client.ListAsync(new S3Address(Bucket, "list/"), folded, cancellationToken).GetAsyncEnumerator(cancellationToken);
                await items.MoveNextAsync();
                times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }

            times.Sort();
            yield return new Row(folded ? "list 1,000 common prefixes: p50" : "list 1,000 keys: p50", times[times.Count / 2], "ms", 30, 10)
            {
                Note = $"of {Listed:N0} keys",
            };
        }
    }

    private static async Task<Row> CompleteAsync(BenchContext context, ObjectClient client, CancellationToken cancellationToken)
    {
        const int Parts = 640;
        context.Progress("5 GB in parts");
        var address = new S3Address(Bucket, "large");
        var part = RandomNumberGenerator.GetBytes(8 * Mega);
        var tag = Convert.ToHexStringLower(MD5.HashData(part));
        var upload = await client.BeginUploadAsync(address, "a/b", cancellationToken);
        await Parallel.ForAsync(
            1,
            Parts + 1,
            new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellationToken },
            async (number, token) => await client.SendPartAsync(address, upload, number, part, token));
        var started = Stopwatch.GetTimestamp();
        await client.CompleteUploadAsync(address, upload, Enumerable.Range(1, Parts).Select(n => KeyValuePair.Create(n, tag)), cancellationToken);
        return new Row("CompleteMultipartUpload of 5 GB", Stopwatch.GetElapsedTime(started).TotalMilliseconds, "ms", 300, 50);
    }

    private static async Task<Row> MemoryAsync(BenchContext context, MeasuredDaemon daemon, ObjectClient client, CancellationToken cancellationToken)
    {
        context.Progress("32 parallel transfers");
        var address = new S3Address(Bucket, "large");
        var (_, etag) = (await client.HeadAsync(address, cancellationToken))!.Value;
        var before = ResidentMb(daemon.Pid);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var peak = PeakMbAsync(daemon.Pid, stop.Token);
        await Parallel.ForAsync(0, 32, new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = cancellationToken }, async (i, token) =>
        {
            await using var body = await client.OpenAsync(address, 0, etag, token);
            var buffer = new byte[131_072];
            for (var left = 1L << 28; left > 0;)
            {
                left -= await body.ReadAsync(buffer, token);
            }
        });
        await stop.CancelAsync();
        return new Row("memory during 32 parallel reads: growth", await peak - before, "MB", 150, 50) { Note = "256 MB of each are read" };
    }

    private static async Task<double> PeakMbAsync(int pid, CancellationToken stopped)
    {
        var peak = 0.0;
        while (!stopped.IsCancellationRequested)
        {
            peak = Math.Max(peak, ResidentMb(pid));
            await Task.Delay(50, CancellationToken.None);
        }

        return peak;
    }

    private static double ResidentMb(int pid) =>
        long.Parse(File.ReadLines($"/proc/{pid}/status").First(static line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) / 1_024.0;

    private static async Task<double> RateAsync(BenchContext context, int writers, Func<int, int, Task> write)
    {
        var done = 0;
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, writers).Select(async writer =>
        {
            for (var n = 0; Stopwatch.GetElapsedTime(started) < context.Duration; n++)
            {
                await write(writer, n);
                Interlocked.Increment(ref done);
            }
        }));
        return done / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static void WriteSynced(string path, byte[] bytes)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        file.Write(bytes);
        file.Flush(flushToDisk: true);
    }
}
