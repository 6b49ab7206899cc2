using System.Diagnostics;
using System.Runtime.CompilerServices;
using Petrel.Bench.Load;

namespace Petrel.Bench.Rows;

/// <summary>
/// As many cold starts as the machine can make: bound by the CPU of making sandboxes and runtimes, not by what waits in a pool.
/// </summary>
internal sealed class SustainedScenario : IScenario
{
    private const int Connections = 8;

    public string Name => "sustained";

    public async IAsyncEnumerable<Row> RunAsync(BenchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var daemon = await MeasuredDaemon.StartAsync(context, cancellationToken);
        using var deployments = new Deployments(daemon);
        using var caller = new Caller();
        var samples = new SampleFunctions(context);

        context.Progress("cold starts of one Python function");
        var pythonMs = await InstanceStarts.CostMsAsync(deployments, caller, samples.PythonLongSleeper(), "python", cancellationToken);
        yield return new Row("sustained cold starts, one Python function (fork server)", 1000 / pythonMs, "/s", 60, 200, LowerIsBetter: false);

        // Each function is so large that the others have to give way to it.
        context.Progress("cold starts of 60 Node.js functions that displace each other");
        var urls = new List<Uri>();
        for (var i = 0; i < 60; i++)
        {
            urls.Add(await deployments.CreateOpenAsync($"large-{i}", samples.Node(i) with { MemoryMb = 2048 }, cancellationToken));
        }

        var node = await RateAsync(urls, caller, context.Duration, cancellationToken);
        yield return new Row("sustained cold starts, Node.js", node, "/s", 25, 40, LowerIsBetter: false);
    }

    private static async Task<double> RateAsync(List<Uri> urls, Caller caller, TimeSpan duration, CancellationToken cancellationToken)
    {
        var next = -1;
        var done = 0;
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(async _ =>
        {
            while (Stopwatch.GetElapsedTime(started) < duration)
            {
                await caller.TimeMsAsync(urls[Interlocked.Increment(ref next) % urls.Count], cancellationToken);
                Interlocked.Increment(ref done);
            }
        }));
        return done / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
