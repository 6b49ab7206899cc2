using System.Diagnostics;
using System.Runtime.CompilerServices;
using Petrel.Bench.Load;

namespace Petrel.Bench.Rows;

/// <summary>
/// A function that behaves, called at a steady rate, while others do their worst: what it takes longer than in peace. Each attack runs by itself, and
/// in the end all at once; the times of peace are taken again before each, in the same run.
/// </summary>
internal sealed class HostileScenario : IScenario
{
    private const double PerSecond = 100;

    /// <summary>Attacks that last 4 s each are begun anew until the time is over.</summary>
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(10);

    private static readonly (string Handler, string Name)[] Attacks =
    [
        ("fork_bomb", "a fork bomb"), ("memory_bomb", "a memory bomb"), ("cpu_hog", "eight processes that compute"), ("disk_filler", "a disk filler"),
        ("log_flood", "a flood of log lines"), ("socket_flood", "a flood of connections"),
    ];

    public string Name => "hostile";

    public async IAsyncEnumerable<Row> RunAsync(BenchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var daemon = await MeasuredDaemon.StartAsync(context, cancellationToken);
        using var deployments = new Deployments(daemon);
        using var attacker = new Attacker();
        var samples = new SampleFunctions(context);
        var neighbour = await deployments.CreateOpenAsync("neighbour", samples.Node(), cancellationToken);
        var attacks = new Dictionary<string, Uri>();
        foreach (var (handler, _) in Attacks)
        {
            attacks[handler] = await deployments.CreateOpenAsync($"hostile-{handler}", samples.Hostile(handler), cancellationToken);
        }

        var duration = context.Duration > Least ? context.Duration : Least;
        _ = await P99Async(daemon, neighbour, Least, cancellationToken); // not counted: code is compiled meanwhile
        foreach (var (handler, name) in Attacks)
        {
            yield return await AgainstAsync(name, [attacks[handler]]);
        }

        yield return await AgainstAsync("all of them at once", [.. attacks.Values]);

        async Task<Row> AgainstAsync(string name, Uri[] urls)
        {
            context.Progress($"a neighbour at {PerSecond:0}/s beside {name}");
            var quiet = await P99Async(daemon, neighbour, duration, cancellationToken);
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var attacking = Task.WhenAll(urls.Select(url => attacker.RepeatAsync(url, over.Token)));
            await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
            var disturbed = await P99Async(daemon, neighbour, duration, cancellationToken);
            await over.CancelAsync();
            await attacking;
            await Task.Delay(TimeSpan.FromSeconds(2), cancellationToken);
            return new Row($"a neighbour's p99 beside {name}, against its quiet value", disturbed.P99 / quiet.P99, "×", 2, 1.3)
            {
                Note = $"{disturbed.P99:0.00} of {quiet.P99:0.00} ms; p50 {disturbed.P50:0.00} of {quiet.P50:0.00} ms",
            };
        }
    }

    /// <summary>Calls at fixed times, whatever the answers take; one that comes late makes those after it late, and that counts.</summary>
    private static Task<(double P50, double P99)> P99Async(MeasuredDaemon daemon, Uri url, TimeSpan duration, CancellationToken cancellationToken) => Task.Factory.StartNew(
        () =>
        {
            using var caller = new PlainCaller(daemon);
            var times = new List<double>();
            var started = Stopwatch.GetTimestamp();
            for (var call = 0; Stopwatch.GetElapsedTime(started) < duration && !cancellationToken.IsCancellationRequested; call++)
            {
                var late = Stopwatch.GetElapsedTime(started).TotalMilliseconds - (call * 1000 / PerSecond);
                if (late < 0)
                {
                    cancellationToken.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(-late));
                    late = 0;
                }

                times.Add(caller.TimeMs(url) + Math.Max(0, late - 1));
            }

            return (Percentile.Of(times, 50), Percentile.Of(times, 99));
        },
        cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Invokes what fails or is ended, again and again.</summary>
    private sealed class Attacker : IDisposable
    {
        private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };

        public async Task RepeatAsync(Uri url, CancellationToken over)
        {
            while (!over.IsCancellationRequested)
            {
                try
                {
                    // Not cancelled: the attack goes on to its end, and only then are the next times of peace.
                    using var answer = await _http.GetAsync(url, CancellationToken.None);
                }
                catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
                {
                    continue; // However it ends, the next begins.
                }
            }
        }

        public void Dispose() => _http.Dispose();
    }
}
