using System.Diagnostics;
using System.Runtime.CompilerServices;
using Petrel.Bench.Load;

namespace Petrel.Bench.Rows;

/// <summary>From nothing to 1,000 requests at once on one function that waits for 50 ms: how close to what the machine could do at best.</summary>
internal sealed class BurstScenario : IScenario
{
    private const int Requests = 1_000;
    private const double WorkMs = 50;

    public string Name => "burst";

    public async IAsyncEnumerable<Row> RunAsync(BenchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var daemon = await MeasuredDaemon.StartAsync(context, cancellationToken);
        using var deployments = new Deployments(daemon);
        using var caller = new Caller();
        var samples = new SampleFunctions(context);
        var url = await deployments.CreateOpenAsync("burst", samples.NodeSleeper() with { MemoryMb = 128 }, cancellationToken);

        context.Progress("measuring what starting instances costs");
        var startMs = await InstanceStarts.CostMsAsync(deployments, caller, samples.NodeLongSleeper(), "start", cancellationToken);
        await caller.TimeMsAsync(url, cancellationToken);
        await deployments.TouchAsync("burst", 1, cancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(2), cancellationToken);

        context.Progress($"{Requests} requests at once");
        var failed = 0;
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Requests).Select(async _ =>
        {
            try
            {
                await caller.TimeMsAsync(url, cancellationToken);
            }
            catch (InvalidOperationException)
            {
                Interlocked.Increment(ref failed);
            }
        }));
        var took = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        var (idealMs, instances) = Ideal(startMs);
        yield return new Row($"burst 0 → {Requests:N0} requests: errors", failed, "", 0, 0);
        yield return new Row("the same: time until all are answered, against the ideal", took / idealMs, "×", 2, 1.3)
        {
            Note = $"{took:0} ms; ideal {idealMs:0} ms with {instances} instances at {startMs:0.0} ms each",
        };
    }

    /// <summary>The best number of instances and the time with it: they start one after another, each works from its start on.</summary>
    private static (double Ms, int Instances) Ideal(double startMs) => Enumerable.Range(1, Requests)
        .Select(count => (Ms: Finish(count, startMs), Instances: count))
        .MinBy(ideal => ideal.Ms);

    private static double Finish(int count, double startMs)
    {
        // Instance i serves (t - i * start) / work requests until t: the least t at which all together have served them.
        var (low, high) = (0.0, Requests * WorkMs + (count * startMs));
        for (var step = 0; step < 50; step++)
        {
            var middle = (low + high) / 2;
            var served = Enumerable.Range(1, count).Sum(i => Math.Max(0, Math.Floor((middle - (i * startMs)) / WorkMs)));
            (low, high) = served >= Requests ? (low, middle) : (middle, high);
        }

        return high;
    }
}
