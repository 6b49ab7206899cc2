using System.Runtime.CompilerServices;
using Petrel.Bench.Load;

namespace Petrel.Bench.Rows;

/// <summary>
/// 200 functions, each invoked for the first time, of all runtimes that the machine has, at 5 a second with exponential intervals: what
/// people meet on a platform with many functions that are seldom used.
/// </summary>
internal sealed class MixedColdScenario : IScenario
{
    private const int Functions = 200;
    private const double PerSecond = 5;

    public string Name => "mixed";

    public async IAsyncEnumerable<Row> RunAsync(BenchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var daemon = await MeasuredDaemon.StartAsync(context, cancellationToken);
        using var deployments = new Deployments(daemon);
        using var caller = new Caller();
        await caller.ConnectAsync(daemon, cancellationToken);
        var samples = new SampleFunctions(context);
        Func<int, SampleFunction?>[] makers = [samples.Node, samples.Python, samples.Dotnet, samples.Provided, samples.Java, samples.Ruby];
        var available = makers.Where(make => make(0) is not null).ToArray();
        context.Progress($"deploying {Functions} functions in {available.Length} languages");
        var urls = new List<Uri>();
        for (var i = 0; i < Functions; i++)
        {
            urls.Add(await deployments.CreateOpenAsync($"mixed-{i}", available[i % available.Length](i)!, cancellationToken));
        }

        await Task.Delay(TimeSpan.FromSeconds(3), cancellationToken);
        context.Progress($"invoking each once, {PerSecond} a second");
        var random = new Random(1);
        var calls = new List<Task<double>>();
        var (waiting, waitingMb) = (0.0, 0.0);
        foreach (var url in urls.OrderBy(_ => random.Next()).ToArray())
        {
            await Task.Delay(TimeSpan.FromSeconds(-Math.Log(1 - random.NextDouble()) / PerSecond), cancellationToken);
            calls.Add(caller.TimeMsAsync(url, cancellationToken));
            if (calls.Count % 10 == 0)
            {
                waitingMb = Math.Max(waitingMb, await Metrics.WaitingMemoryMbAsync(daemon, cancellationToken));
                waiting = Math.Max(waiting, await Metrics.WaitingRuntimesAsync(daemon, cancellationToken));
            }
        }

        var times = await Task.WhenAll(calls);
        yield return new Row($"cold, {Functions} functions in {available.Length} languages at {PerSecond}/s: p50", Percentile.Of(times, 50), "ms", 10, 4)
        {
            Note = $"at most {waiting:0} runtimes waited",
        };
        yield return new Row("the same: p99", Percentile.Of(times, 99), "ms", 60, 40) { Note = $"slowest {times.Max():0} ms" };
        yield return new Row("the same: most memory of all runtimes that waited", waitingMb, "MB", 256, 256);
    }
}
